from odoo import fields, models


class PharmaSetupImportLine(models.Model):
    """One row of a list of territories or users, and what became of it."""

    _name = 'pharma.setup.import.line'
    _description = "Row of a Set-up List"
    _inherit = ['pharma.import.line.mixin']

    import_id = fields.Many2one(
        'pharma.setup.import', required=True, index=True, ondelete='cascade')
    detail = fields.Char(help="Superior of a territory; role and territory of a user")
    territory_id = fields.Many2one(
        'pharma.territory', index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', index='btree_not_null', ondelete='set null')

    def _describe_problem(self, problem):
        text = problem.text
        return {
            **self._get_general_problems(text),
            **self._get_territory_problems(text),
            **self._get_user_problems(text),
            **self._get_post_problems(text),
        }[problem.reason]

    def _get_general_problems(self, text):
        """{what is wrong with a row of any kind: sentence}"""
        env = self.env
        return {
            'name_missing': env._("The name is missing."),
            'too_long': env._("This is too long, is it the right column? %s", text),
            'differs_from_row': env._("Contradicts row %s, which means the same.", text),
            'row_refused': env._("Row %s, which means the same, is refused.", text),
        }

    def _get_territory_problems(self, text):
        """{what is wrong with a territory: sentence}"""
        env = self.env
        return {
            'level_unknown': env._(
                "\"%s\" is no level (大区, 省区, 地区, 岗位): left empty.", text),
            'archived': env._("The territory \"%s\" is archived: restore it first.", text),
            'ambiguous': env._(
                "Several territories are called \"%s\": add the code or the superior.", text),
            'parent_unknown': env._("There is no territory \"%s\" to belong to.", text),
            'parent_ambiguous': env._(
                "Several territories are called \"%s\": name the superior by its code.", text),
            'parent_archived': env._("The superior \"%s\" is archived: restore it first.", text),
            'parent_self': env._("A territory cannot be below itself."),
            'parent_refused': env._("The superior \"%s\" is refused.", text),
            'circle': env._("\"%s\" would be below itself.", text),
        }

    def _get_user_problems(self, text):
        """{what is wrong with a user: sentence}"""
        env = self.env
        return {
            'login_missing': env._("The login is missing."),
            'login_wrong': env._("This cannot be a login: %s", text),
            'email_wrong': env._("This is no e-mail address: %s", text),
            'email_ambiguous': env._(
                "Several users have the e-mail address %s: add the login.", text),
            'email_locked': env._(
                "The e-mail address stays as it is: this user has rights that you do not have."),
            'roles_missing': env._("A new user needs a role."),
            'role_unknown': env._("There is no role \"%s\" in this suite.", text),
            'role_refused': env._("You cannot give the role \"%s\".", text),
            'own_roles': env._("You cannot change your own role."),
            'user_system': env._(
                "%s administers the system: change him on his own page only.", text),
            'user_portal': env._("%s is the login of a customer's portal.", text),
            'user_archived': env._("The user %s is archived: restore him first.", text),
            'user_other_company': env._("The login %s is taken.", text),
            'other_row_refused': env._("Row %s of the same user is refused.", text),
        }

    def _get_post_problems(self, text):
        """{what is wrong with the assignment of a user to a territory: sentence}"""
        env = self.env
        return {
            'post_unknown': env._(
                "\"%s\" is no role in a territory (代表, 经理, 产品经理).", text),
            'role_without_territory': env._(
                "This role works in no territory: leave the column empty, or add the column 任命."),
            'territory_missing': env._("Product line and dates need a territory."),
            'territory_unknown': env._("There is no territory \"%s\".", text),
            'territory_ambiguous': env._(
                "Several territories are called \"%s\": use the code.", text),
            'line_unknown': env._("There is no product line \"%s\".", text),
            'line_ambiguous': env._("Several product lines are called \"%s\".", text),
            'date_wrong': env._("This is no date: %s", text),
            'dates_reversed': env._("The assignment would end before it begins."),
            'posts_overlap': env._(
                "The same assignment would stand there twice from %s on: complete the dates.",
                text),
        }
