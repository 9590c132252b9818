from odoo import api, models


class PharmaFlowMessage(models.AbstractModel):
    """What people are told about a file whose rows were not found."""

    _name = 'pharma.flow.message'
    _description = "Messages about Flow Files"

    @api.model
    def _flow_error_message(self, error, filename):
        """Name what the file lacks or leaves open, and what to do.

        :param error: tools.flow_reader.FlowError
        :param str filename: as people know it
        """
        env = self.env
        if error.reason == 'no_rows':
            return env._(
                "In %s there is a heading, but no row below it. Check whether it is the right"
                " file.", filename)
        if error.reason == 'unsure':
            return env._(
                "In %(file)s, sheet \"%(sheet)s\", something is not sure, and nothing was guessed:"
                " %(doubts)s. Correct the headings in Excel and upload the file again, or complete"
                " what is known about the file here and read it again.",
                file=filename, sheet=error.sheet_name or "1",
                doubts="; ".join(map(self._doubt_text, error.layouts[error.sheet_name].doubts)))
        return env._(
            "In %(file)s, sheet \"%(sheet)s\", no row with headings was found among the first"
            " rows. There must be one with at least a product (商品名称), a quantity (数量) and"
            " one more column, such as the customer (客户名称). Correct the headings in Excel"
            " and upload the file again.", file=filename, sheet=error.sheet_name or "1")

    @api.model
    def _doubt_text(self, doubt):
        """What a person has to answer.

        :param doubt: tools.flow_changes.Finding
        """
        env = self.env
        fields = {
            'customer': env._("customer"), 'product': env._("product"), 'date': env._("date"),
            'quantity': env._("quantity"), 'spec': env._("specification")}
        field = fields.get(doubt.data.get('field'), doubt.data.get('field'))
        if doubt.code in ('column_unclear', 'column_removed', 'column_renamed'):
            return env._("which column is this: %s", field)
        if doubt.code == 'content_differs':
            return env._("whether the column with this heading holds it: %s", field)
        if doubt.code == 'values_swapped':
            return env._("whether quantity and price have changed places")
        if doubt.code == 'scale_changed':
            return env._("whether quantities are packs or cases, since they are of another size"
                         " than usual")
        if doubt.code == 'kind_unclear':
            return env._("whether it reports sales, purchases or stock (say so on the file)")
        if doubt.code == 'many_tables':
            return env._("which of its many tables counts: put each on a sheet of its own")
        if doubt.code == 'date_order':
            return env._("whether %s begins with the day or with the month", doubt.data['example'])
        return env._("which year %s is in (set the period on the file)", doubt.data['example'])
