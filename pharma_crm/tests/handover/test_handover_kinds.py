from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestHandoverKinds(TransactionCase):
    """The list of kinds is complete."""

    def test_every_link_to_users(self):
        """Each stored link to users of the suite moves with a handover, or there is a reason why
        not. Who adds a model adds a row to one of both.
        """
        handovers = self.env['pharma.handover']
        moved = {f'{kind.model}.{kind.field}' for kind in handovers._get_kinds()}
        kept = handovers._get_kept_fields()
        self.assertFalse(moved & kept.keys())
        missing = sorted(
            f'{model._name}.{field.name}' for model in self.env.values()
            if not model._abstract and not model._transient and model._auto
            for field in model._fields.values()
            if field.comodel_name == 'res.users' and field.store
            and field.type in ('many2one', 'many2many')
            and field.name not in ('create_uid', 'write_uid')
            and (field._module or '').startswith('pharma_')
            and f'{model._name}.{field.name}' not in moved | kept.keys())
        self.assertFalse(missing, "neither in _get_kinds nor in _get_kept_fields")
        self.assertTrue(all(kept.values()))

    def test_kinds_hold_together(self):
        """Keys are unique, models and fields exist, moves are written, the last one follows."""
        handovers = self.env['pharma.handover']
        kinds = handovers._get_kinds()
        self.assertEqual(len({kind.key for kind in kinds}), len(kinds))
        self.assertEqual(kinds[-1].key, 'follower')
        for kind in kinds:
            with self.subTest(kind=kind.key):
                field = self.env[kind.model]._fields[kind.field]
                self.assertTrue(field.store)
                self.assertIn(field.comodel_name, ('res.users', 'res.partner'))
                self.assertTrue(callable(getattr(handovers, f'_move_{kind.how}')))
                self.assertIn(kind.rights, ('record', 'person', 'director'))
                self.env[kind.model].sudo().search(
                    handovers._get_owned_domain(kind, self.env.user), limit=1)
