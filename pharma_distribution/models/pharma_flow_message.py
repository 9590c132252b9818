from collections import defaultdict

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

    @api.model
    def _match_reason_text(self, reason, data):
        """Why a name was decided or suggested so, in a sentence.

        :param str reason: code of tools.matching_result.REASONS, or False
        :param dict data: what the sentence names, or False
        :return: the sentence, or False without a reason
        """
        if not reason:
            return False
        return self._match_reason_texts()[reason].format_map(
            defaultdict(str, data or {}))

    @api.model
    def _match_reason_texts(self):
        """:return: dict code of tools.matching_result.REASONS -> sentence with {keys} of data"""
        env = self.env
        return {
            'alias_distributor': env._("Decided for this distributor: {name}"),
            'exact': env._("The same name"),
            'exact_remark': env._("The same name without the system's codes and remarks"),
            'alias': env._("A known other name: {name}"),
            'place': env._("The same name, the place written otherwise: {name}"),
            'words': env._("The same name in other words: {name}"),
            'short': env._("Short form of {name}"),
            'maybe': env._("Perhaps short for {name}"),
            'parent': env._("{name} without the university or group it belongs to"),
            'university': env._("The university's short name: {name}"),
            'local': env._("The only {name} where this distributor sells"),
            'department': env._("{label}, a department of {name}"),
            'campus': env._("{label}, a campus or branch of {name}"),
            'joined': env._("Two names of one institution, one is {name}"),
            'cut': env._("Cut off after {length} characters: {name}"),
            'slip': env._("One character differs: {written} for {correct}"),
            'approval': env._("The same approval number: {name}"),
            'pack': env._("The same name and maker, the pack is not written: {name}"),
            'maker_open': env._("{name} fits, but no maker is written"),
            'ambiguous': env._("{count} customers may be meant"),
            'twin': env._("The same name, but another customer may be the same institution"),
            'elsewhere': env._("The name fits, the place does not: {name}"),
            'unsure': env._("{name} fits, but too little says where"),
            'similar': env._("The most similar: {name}"),
            'none': env._("No similar name"),
        }

    @api.model
    def _match_fact_labels(self):
        """:return: dict code of tools.matching_result.FACTS -> label"""
        env = self.env
        return {
            'name': env._("Name"),
            'place': env._("Place in the name"),
            'number': env._("Number"),
            'kind': env._("Kind words"),
            'class': env._("Kind of customer"),
            'province': env._("Province"),
            'city': env._("City"),
            'county': env._("County"),
            'distributor_province': env._("Province of the distributor"),
            'distributor_city': env._("City of the distributor"),
            'strength': env._("Strength"),
            'volume': env._("Volume"),
            'count': env._("Pieces in a pack"),
            'maker': env._("Maker"),
            'approval': env._("Approval number"),
        }
