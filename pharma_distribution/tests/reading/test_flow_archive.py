import base64
import io
import zipfile

from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowArchive(PharmaDistributionCommon):
    """A ZIP: one flow file for every table in it."""

    @classmethod
    def _pack(cls, **members):
        """:param members: name, with _ for the dot -> bytes"""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name.replace('__', '/').replace('_', '.'), data)
        return buffer.getvalue()

    def _table(self, number):
        return self._make_csv([self._make_row(quantity=str(number))])

    def test_one_file_for_each_table(self):
        data = self._pack(一月__甲_csv=self._table(1), 乙_csv=self._table(2), 说明_pdf=b'%PDF')
        file = self._import(data, name="all.zip", kind='sale', date_from='2026-01-01',
                            date_to='2026-01-31')
        self.assertEqual((file.state, file.member_count, file.row_count), ('unpacked', 2, 0))
        self.assertIn("说明.pdf", file.message)
        members = file.member_ids.sorted('name')
        self.assertEqual(members.mapped('name'), ["乙.csv", "甲.csv"])
        self.assertEqual(members.distributor_id, self.distributor)
        self.assertEqual(set(members.mapped('state')), {'queued'})
        self.assertEqual(set(members.mapped('kind')), {'sale'})
        for member in members:
            member._run_import()
            self.assertEqual(member.state, 'review', member.message)
        self.assertEqual(file.action_view_members()['domain'], [('archive_id', 'in', file.ids)])
        self.assertEqual(base64.b64decode(file.with_context(bin_size=False).data), data)

    def test_unpacking_again_makes_nothing_twice(self):
        file = self._import(self._pack(甲_csv=self._table(1)), name="all.zip")
        file.action_import()
        file._run_import()
        self.assertEqual((file.state, file.member_count), ('unpacked', 1))
        self.assertIn("甲.csv", file.message)

    def test_archive_with_a_password(self):
        data = bytearray(self._pack(甲_csv=self._table(1)))
        for mark, place in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
            data[data.find(mark) + place] |= 1  # the flag that says: encrypted
        file = self._import(bytes(data), name="secret.zip")
        self.assertEqual((file.state, file.member_count), ('failed', 0))
        self.assertIn("甲.csv", file.message)

    def test_archives_that_are_traps(self):
        """A bomb, an archive in an archive, too many files: named, and the rest goes on."""
        inner = self._pack(甲_csv=self._table(1))
        file = self._import(self._pack(
            bomb_csv=b'0' * 30_000_000, inner_zip=inner, good_csv=self._table(3)), name="trap.zip")
        self.assertEqual((file.state, file.member_ids.mapped('name')), ('unpacked', ["good.csv"]))
        for name in ("bomb.csv", "inner.zip"):
            self.assertIn(name, file.message)
        many = self._pack(**{f'{number}_csv': b'a' for number in range(501)})
        for data, word in ((many, "500"), (many[:2000] + many[-22:], "many.zip"),
                           (self._pack(inner_zip=inner), "inner.zip"), (self._pack(), "many.zip")):
            file = self._import(data, name="many.zip")
            self.assertEqual((file.state, file.member_count), ('failed', 0))
            self.assertIn(word, file.message)

    def test_what_systems_leave_beside_the_files(self):
        file = self._import(self._pack(**{
            '甲_csv': self._table(1), '~$甲_csv': b'x', 'empty_csv': b''}), name="all.zip")
        self.assertEqual((file.member_count, len(file.message.splitlines())), (1, 1))
        self.assertIn("empty.csv", file.message)

    def test_archive_is_deleted_alone(self):
        file = self._import(self._pack(甲_csv=self._table(1)), name="all.zip")
        member = file.member_ids
        file.unlink()
        self.assertTrue(member.exists())
