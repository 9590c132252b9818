from odoo.tests import tagged

from .test_hospital_import import HospitalImportCase


@tagged('post_install', '-at_install')
class TestHospitalImportAlign(HospitalImportCase):
    """Lists of hospitals that name territories."""

    def _import_aligned(self, *rows, user=None):
        return self._import(
            *rows, header=('医院名称', '省份', '辖区', '产品线'), user=user or self.user_admin)

    def _alignments(self, partner):
        return [
            (row.territory_id.code, row.product_line_id.name or '', row.state, row.source)
            for row in partner.alignment_ids.sorted(lambda row: (row.date_from, row.id))]

    def _create_areas(self):
        self.line_x = self.env['product.category'].create({
            'name': "测试心血管线", 'is_product_line': True})
        return (self._create_territory(name="测试海州", code='THZ'),
                self._create_territory(name="测试临川", code='TLC'))

    def test_territories(self):
        """A list aligns its customers from today on, per product line; again it does nothing."""
        area, _other = self._create_areas()
        known = self._create_hospital(
            name="海州安康医院", state_id=self.env.ref('base.state_cn_JS').id, territory=False)
        self._align(known, area, date_from='2025-01-01')
        rows = [('海州安康医院', '江苏', 'TLC', ''), ('海州新安医院', '江苏', 'TLC', ''),
                ('海州新安医院', '江苏', '测试海州', '测试心血管线')]
        record = self._import_aligned(*rows)
        self.assertCounts(record, new=1, update=1, duplicate=1)
        self.assertEqual(self._alignments(known), [
            ('THZ', '', 'past', 'hand'), ('TLC', '', 'current', 'file')])
        new = self._find("海州新安医院")
        self.assertCountEqual(self._alignments(new), [
            ('THZ', "测试心血管线", 'current', 'file'), ('TLC', '', 'current', 'file')])
        self.assertEqual((known + new).mapped('territory_id.code'), ['TLC'])
        before = (known + new).alignment_ids.ids
        again = self._import_aligned(*rows)
        self.assertCounts(again, unchanged=2, duplicate=1)
        self.assertEqual((known + new).alignment_ids.ids, before)

    def test_wrong_territories(self):
        """They are told and left out; the customer comes all the same."""
        self._create_areas()
        record = self._import_aligned(
            ('海州安康医院', '江苏', '火星', ''), ('海州新安医院', '江苏', 'THZ', '火星线'),
            ('海州东安医院', '江苏', 'THZ', ''), ('海州东安医院', '江苏', 'TLC', ''))
        self.assertCounts(record, new=3, duplicate=1)
        self.assertEqual(record.remark_count, 3)
        self.assertFalse(self._find("海州安康医院").alignment_ids)
        self.assertEqual(self._find("海州东安医院").territory_id.code, 'THZ')

    def test_stewards_do_not_align(self):
        """Who may not align customers does not do it by a list either."""
        self._create_areas()
        record = self._import_aligned(('海州安康医院', '江苏', 'THZ', ''), user=self.user_steward)
        self.assertCounts(record, new=1)
        self.assertEqual(record.remark_count, 1)
        self.assertFalse(self._find("海州安康医院").alignment_ids)

    def test_undo_of_territories(self):
        """Former alignments are as before; what was aligned again since stays."""
        area, other = self._create_areas()
        known, changed = (self._create_hospital(
            name=name, state_id=self.env.ref('base.state_cn_JS').id, territory=False)
            for name in ("海州安康医院", "海州东安医院"))
        self._align(known + changed, area, date_from='2025-01-01')
        record = self._import_aligned(
            ('海州安康医院', '江苏', 'TLC', ''), ('海州新安医院', '江苏', 'TLC', ''),
            ('海州东安医院', '江苏', 'TLC', ''))
        changed.alignment_ids.filtered(lambda row: row.state == 'current').territory_id = (
            other.copy({'name': "第三区", 'code': 'TDS'}))
        record.action_undo()
        self.assertEqual(self._alignments(known), [('THZ', '', 'current', 'hand')])
        self.assertFalse(known.alignment_ids.date_to)
        self.assertEqual(changed.territory_id.code, 'TDS')
        self.assertFalse(self._find("海州新安医院"))
