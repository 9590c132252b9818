from odoo import fields, models

# Fields of the engine and the contact's fields that they fill.
PARTNER_FIELDS = {
    'name': 'name', 'ref': 'ref', 'pharma_type': 'pharma_type', 'hospital_level': 'hospital_level',
    'hospital_grade': 'hospital_grade', 'street': 'street', 'phone': 'phone', 'zip': 'zip',
    'province': 'state_id', 'city': 'pharma_city_id', 'county': 'pharma_county_id',
}


class PharmaHospitalImportLine(models.Model):
    """One row of a hospital list and what became of it; also the journal for taking it back."""

    _name = 'pharma.hospital.import.line'
    _description = "Row of a Hospital List"
    _inherit = ['pharma.import.line.mixin']

    import_id = fields.Many2one(
        'pharma.hospital.import', required=True, index=True, ondelete='cascade')
    place = fields.Char()
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='set null')

    def _describe_problem(self, problem):
        """A problem of the engine as a sentence in the user's language.

        :param problem: a ``tools.hospital_list.Problem``
        """
        text = problem.text
        if problem.reason == 'differs_from_row':
            partner = self.env['res.partner']
            text = ", ".join(
                partner._fields[PARTNER_FIELDS[name]]._description_string(self.env)
                for name in text.split(','))
        texts = self._get_refusals(text) if problem.fatal else self._get_remarks(text)
        return texts[problem.reason]

    def _get_refusals(self, text):
        """{reason why a row is not imported: sentence}"""
        env = self.env
        return {
            'name_missing': env._("The name is missing."),
            'name_too_long': env._("The name is longer than any name: is it the right column?"),
            'province_missing': env._(
                "The province is missing: add a column with it, or our code."),
            'province_unknown': env._("There is no province for \"%s\".", text),
            'city_elsewhere': env._("The city \"%s\" does not lie in this province.", text),
            'ambiguous': env._(
                "Several customers of this province are called \"%s\": add our code.", text),
            'same_name_elsewhere': env._(
                "\"%s\" is already known in another place of this province: correct the place or"
                " add our code.", text),
            'same_name_without_province': env._(
                "A customer \"%s\" without province exists: complete him or add our code.", text),
            'name_too_general': env._(
                "\"%s\" stands in the list twice and fits many: complete the name or the county.",
                text),
            'other_code': env._("The customer of this name has another code: %s.", text),
            'archived': env._("The customer \"%s\" is archived: restore him first.", text),
            'code_ambiguous': env._("Several customers have the code %s.", text),
            'code_of_other_kind': env._(
                "The code belongs to \"%s\", which is not a hospital or pharmacy.", text),
            'code_twice': env._(
                "The code %s stands in the list twice, with different names.", text),
            'code_and_name_differ': env._(
                "The code belongs to \"%s\", the name to another customer.", text),
        }

    def _get_remarks(self, text):
        """{what is told about a row that is imported: sentence}"""
        env = self.env
        return {
            'level_unknown': env._("\"%s\" is not a level: left empty.", text),
            'city_unknown': env._("There is no city \"%s\" in this province: left empty.", text),
            'county_unknown': env._("There is no county \"%s\" in this city: left empty.", text),
            'county_elsewhere': env._(
                "The county \"%s\" belongs to another city today: left empty.", text),
            'renamed': env._("Renamed; the former name \"%s\" stays known.", text),
            'differs_from_row': env._(
                "Differs from the first row of this customer, which counts: %s.", text),
            'other_name_general': env._(
                "The other name \"%s\" fits many customers: not recorded.", text),
            'other_name_twice': env._(
                "The other name \"%s\" stands at several customers: not recorded.", text),
            'other_name_is_customer': env._(
                "The other name \"%s\" is a customer of its own: not recorded.", text),
            'other_name_waiting': env._(
                "The other name \"%s\" waits for a decision among the name aliases.", text),
            'other_name_taken': env._("The other name \"%s\" stands for another customer.", text),
            'alignment_refused': env._(
                "The territory was left out: only directors and administrators align customers."),
            'territory_unknown': env._("There is no territory \"%s\": left out.", text),
            'territory_ambiguous': env._(
                "Several territories are called \"%s\", use the code: left out.", text),
            'territory_twice': env._(
                "Another row puts this customer into %s, which counts.", text),
            'line_unknown': env._("There is no product line \"%s\": territory left out.", text),
            'line_ambiguous': env._(
                "Several product lines are called \"%s\": territory left out.", text),
        }

    def _restore(self, partner):
        """Give a customer back what this row changed, except what was changed again since.

        :param partner: the row's customer, empty when it is gone
        :return: number of fields left as they are
        """
        kept = self._restore_values(partner)
        aliases = self.env['pharma.alias'].sudo(False).browse(
            self.journal.get('alias_ids', [])).exists()
        aliases.filtered(lambda alias: alias.partner_id == partner).unlink()
        return kept
