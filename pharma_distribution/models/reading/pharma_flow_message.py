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
                " %(doubts)s. Press \"Set Columns\" and say what is right: the file is read again"
                " then, and the next ones of this distributor are read the same way.",
                file=filename, sheet=error.sheet_name or "1",
                doubts="; ".join(map(self._doubt_text, error.layouts[error.sheet_name].doubts)))
        return env._(
            "In %(file)s, sheet \"%(sheet)s\", no row with headings was found among the first"
            " rows. There must be one with at least a product (商品名称), a quantity (数量) and"
            " one more column, such as the customer (客户名称). Press \"Set Columns\" and say what"
            " the columns hold, or correct the headings in Excel and upload the file again.",
            file=filename, sheet=error.sheet_name or "1")

    @api.model
    def _history_error_message(self, error, filename):
        """The same of a cleaned table, which is mended before it is uploaded.

        :param error: tools.flow_reader.FlowError
        :param str filename: as people know it
        """
        if error.reason == 'unsure':
            return self.env._(
                "In %(file)s, sheet \"%(sheet)s\", something is not sure, and nothing was guessed:"
                " %(doubts)s. Write it so that it is, and upload the table again.",
                file=filename, sheet=error.sheet_name or "1",
                doubts="; ".join(map(self._doubt_text, error.layouts[error.sheet_name].doubts)))
        if error.reason == 'no_rows':
            return self._flow_error_message(error, filename)
        return self.env._(
            "In %(file)s, sheet \"%(sheet)s\", no row with headings was found. A table needs the"
            " columns distributor (商业公司), date (日期), customer (客户名称), product (商品名称)"
            " and quantity (数量).", file=filename, sheet=error.sheet_name or "1")

    @api.model
    def _no_distributor_message(self, sheet_name, filename):
        """What a table is told whose columns do not say which distributor a row is from."""
        return self.env._(
            "In %(file)s, sheet \"%(sheet)s\", no column says which distributor a row is from. Call"
            " it 商业公司, 经销商 or 供货单位 and upload the table again.",
            file=filename, sheet=sheet_name or "1")

    @api.model
    def _get_field_labels(self):
        """What a column may hold, in the order in which it is offered.

        :return: dict field of tools.flow_words.COLUMN_WORDS -> label
        """
        env = self.env
        return {
            'date': env._("Date"), 'customer': env._("Customer"), 'product': env._("Product"),
            'spec': env._("Specification"), 'quantity': env._("Quantity"), 'unit': env._("Unit"),
            'price': env._("Price"), 'amount': env._("Amount"), 'lot': env._("Lot"),
            'document': env._("Document Number"), 'customer_code': env._("Customer Code"),
            'product_code': env._("Product Code"), 'maker': env._("Manufacturer"),
            'supplier': env._("Supplier"), 'kind': env._("Kind of Movement"),
            'approval': env._("Approval Number"), 'source': env._("Warehouse or Branch"),
        }

    @api.model
    def _change_text(self, layouts):
        """How a file that was read differs from the one before.

        :param dict layouts: name of the sheet -> tools.flow_layout.Layout with its findings
        :return: one line per difference
        """
        lines = []
        for name, layout in layouts.items():
            for finding in layout.findings:
                text = self._finding_text(finding)
                lines.append(f"{name}: {text}" if name and len(layouts) > 1 else text)
        return "\n".join(lines)

    @api.model
    def _finding_text(self, finding):
        """A difference that needs no answer.

        :param finding: tools.flow_changes.Finding
        """
        env = self.env
        data = finding.data
        labels = self._get_field_labels()
        if finding.code == 'column_inserted':
            heading = data['heading'] or env['pharma.flow.layout']._column_letter(data['column'])
            return env._("A column is new and was left out: %s", heading)
        if finding.code == 'column_renamed':
            return env._("The heading %(before)s is called %(now)s now: %(field)s",
                         before=data['before'], now=data['now'], field=labels[data['field']])
        if finding.code == 'column_removed':
            return env._("The column %(heading)s is missing: %(field)s",
                         heading=data['heading'], field=labels[data['field']])
        return env._("Quantities were in %(before)s and are in %(now)s now; they were counted so.",
                     before=data['before'], now=data['now'])

    @api.model
    def _total_text(self, total, filename):
        """A total of the file that is not the sum of its rows.

        :param total: tools.flow_totals.Total
        :param str filename: named where the sheet has no name
        """
        env = self.env
        labels = {
            'total rows': env._("total number of rows"), 'total quantity': env._("total quantity"),
            'total amount': env._("total amount"),
            'subtotal rows': env._("number of rows of a subtotal"),
            'subtotal quantity': env._("quantity of a subtotal"),
            'subtotal amount': env._("amount of a subtotal"),
        }
        return env._(
            "%(sheet)s row %(row)s, %(what)s: the file says %(stated)s, its rows sum up to"
            " %(found)s",
            sheet=total.sheet_name or filename, row=total.row_number, what=labels[total.what],
            stated=f'{total.stated:,f}', found=f'{total.found:,f}')

    @api.model
    def _doubt_text(self, doubt):
        """What a person has to answer.

        :param doubt: tools.flow_changes.Finding
        """
        return self._doubt_words(doubt.code, doubt.data)

    @api.model
    def _doubt_words(self, code, data):
        """The same, of a finding as JSON keeps it.

        :param str code: of the finding
        :param dict data: of the finding
        """
        env = self.env
        field = self._get_field_labels().get(data.get('field'))
        if code in ('column_unclear', 'column_removed', 'column_renamed'):
            return env._("which column is this: %s", field)
        if code == 'content_differs':
            return env._("whether the column with this heading holds it: %s", field)
        if code == 'values_swapped':
            return env._("whether quantity and price have changed places")
        if code == 'scale_changed':
            return env._("whether quantities are packs or cases, since they are of another size"
                         " than usual")
        if code == 'kind_unclear':
            return env._("whether it reports sales, purchases or stock")
        if code == 'many_tables':
            return env._("which of its many tables counts: put each on a sheet of its own")
        if code == 'date_order':
            return env._("whether %s begins with the day or with the month", data['example'])
        return env._("which year %s is in (set the period)", data['example'])

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
