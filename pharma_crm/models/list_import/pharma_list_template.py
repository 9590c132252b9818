from odoo import api, models

from ...tools.list_template import Column, build_template


class PharmaListTemplate(models.AbstractModel):
    """Workbooks to be filled in and uploaded.

    How to add one: extend :meth:`_get_kinds` and write ``_get_<kind>_columns``. Headings are
    Chinese in every language, since they are what the readers of lists know first.
    """

    _name = 'pharma.list.template'
    _description = "Templates of Lists"

    @api.model
    def _get_kinds(self):
        """Kinds of lists: {kind: (name of the sheet and the file, model that imports it)}"""
        return {
            'hospital': ("医院", 'pharma.hospital.import'),
            'territory': ("辖区", 'pharma.setup.import'),
            'user': ("用户", 'pharma.setup.import'),
            'realignment': ("划分", 'pharma.realignment'),
        }

    @api.model
    def _get_download_action(self, kind):
        """The action that downloads the template of a kind."""
        return {
            'type': 'ir.actions.act_url',
            'url': f'/pharma_crm/list_template/{kind}',
            'target': 'download',
        }

    @api.model
    def _build(self, kind):
        """The template of a kind of list.

        :param str kind: a key of :meth:`_get_kinds`
        :return: file name, bytes of an .xlsx file
        :rtype: tuple[str, bytes]
        :raise KeyError: when there is no such kind
        :raise AccessError: for whoever may not import such lists
        """
        title, model = self._get_kinds()[kind]
        self.env[model].check_access('create')
        columns = getattr(self, f'_get_{kind}_columns')()
        lists = {} if kind == 'territory' else {"辖区清单": self._get_territory_rows()}
        return f'{title}导入模板.xlsx', build_template(title, columns, self._get_labels(), lists)

    @api.model
    def _get_labels(self):
        env = self.env
        return {
            'sheet': "填写说明",
            'column': env._("Column"), 'required': env._("Required"), 'yes': env._("yes"),
            'no': env._("no"), 'explanation': env._("What it is for"),
            'values': env._("Allowed values"),
            'intro': [
                env._("Fill in the first sheet, one row below the other. The row that begins with"
                      " 示例 shows how; it is left out when you upload the file."),
                env._("Columns may stand in any order, those that you do not need may be deleted."
                      " Empty cells change nothing. The same file may be uploaded again."),
            ],
        }

    @api.model
    def _get_territory_columns(self):
        env = self.env
        return [
            Column("辖区名称", True, env._("The name, as people call it."), "示例：江苏省区"),
            Column("辖区编码", False, env._(
                "Your code. A row with a code that is known changes that territory: so it can be"
                " renamed or moved."), "JS"),
            Column("上级辖区", False, env._(
                "Code or name of the territory above; it may stand anywhere in the list. Empty:"
                " the top."), "华东大区"),
            Column("级别", False, env._("The level in your organisation."), "省区",
                   ("大区", "省区", "地区", "岗位")),
        ]

    @api.model
    def _get_user_columns(self):
        env = self.env
        # Administrators of several addons have one name; it means that of this one
        roles = tuple(dict.fromkeys(
            self.env['pharma.setup.import']._get_role_groups().mapped('name')))
        lines = self._get_line_names()
        return [
            Column("登录名", True, env._(
                "What he logs in with; it cannot be changed by a list. Empty: the e-mail"
                " address."), "示例：zhangsan"),
            Column("姓名", True, env._("The name. Needed for new users."), "张三"),
            Column("邮箱", False, env._("The invitation goes there."), "zhangsan@example.com"),
            Column("手机", False, env._("The business phone."), "13800000000"),
            Column("角色", True, env._(
                "What he may do. Needed for new users; several are separated by commas."),
                roles[0], roles),
            Column("辖区", False, env._(
                "Code or name of a territory, see the sheet 辖区清单. Several territories: several"
                " rows with the same login. They are all of his: others end."), "JS"),
            Column("产品线", False, env._("Empty: all product lines."),
                   lines[0] if lines else "", lines),
            Column("任命", False, env._(
                "What he is in the territory, where it does not follow from his role."), "",
                ("代表", "经理", "产品经理")),
            Column("开始日期", False, env._(
                "First day in the territory. Empty: today, or as it is."), "2026-01-01"),
            Column("结束日期", False, env._("Last day. Empty: until further notice."), ""),
        ]

    @api.model
    def _get_hospital_columns(self):
        env = self.env
        return [
            Column("医院名称", True, env._(
                "The official name; former names in brackets: 新名（原旧名）."),
                "示例：海州市人民医院"),
            Column("编码", False, env._(
                "Your code. A row with a code that is known changes that customer."), "H0001"),
            Column("省份", True, env._("Needed where there is no code."), "江苏省"),
            Column("城市", False, env._("The prefecture or city."), "连云港市"),
            Column("区县", False, env._("The county or district."), "海州区"),
            Column("级别", False, env._("Level and grade in one."), "三级甲等",
                   ("三级特等", "三级甲等", "三级乙等", "二级甲等", "二级乙等", "一级", "未定级")),
            Column("类型", False, env._("Empty: as the name says."), "医院",
                   ("医院", "基层医疗", "药店")),
            Column("地址", False, env._("Street and number."), "新华路1号"),
            Column("电话", False, env._("The switchboard."), "0518-80000000"),
            Column("曾用名", False, env._("Former names, separated by commas."), ""),
            Column("辖区", False, env._(
                "Code or name of the territory that looks after it from today on; only directors"
                " and administrators may fill it in."), "JS"),
            Column("产品线", False, env._(
                "Empty: the territory is for all product lines. Several lines: several rows."),
                   "", self._get_line_names()),
        ]

    @api.model
    def _get_realignment_columns(self):
        env = self.env
        lines = self._get_line_names()
        return [
            Column("客户编码", False, env._(
                "Your code of the customer. Where there is none, the name is needed."),
                "示例：H0001"),
            Column("客户名称", False, env._("The whole name, also a former one."),
                   "海州市人民医院"),
            Column("辖区编码", False, env._(
                "Code or name of the new territory, see the sheet 辖区清单. Empty: that of the"
                " re-alignment."), "JS"),
            Column("产品线", False, env._("Empty: that of the re-alignment."),
                   lines[0] if lines else "", lines),
            Column("开始日期", False, env._("Empty: that of the re-alignment."), "2026-01-01"),
        ]

    @api.model
    def _get_line_names(self):
        return tuple(
            self.env['product.category'].search([('is_product_line', '=', True)]).mapped('name'))

    @api.model
    def _get_territory_rows(self):
        """Code and full name of all territories of the current company, for looking them up."""
        territories = self.env['pharma.territory'].search([
            ('company_id', '=', self.env.company.id)])
        return [("辖区编码", "辖区名称"), *(
            (territory.code or '', territory.complete_name) for territory in territories)]
