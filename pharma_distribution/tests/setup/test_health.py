from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowHealth(PharmaDistributionCommon):
    """The health page knows flow files, and the lists of users the roles of this addon."""

    def test_flow_files(self):
        """Good, failed, waiting for a job that is gone; with a job it is good again."""
        self.env['pharma.flow.file'].search(
            [('state', 'in', ('failed', 'queued', 'reading'))]).state = 'undone'
        health = self.env['pharma.health.check'].with_user(self.user_admin)

        def run():
            return health._run_check(health._get_check('flow_files'))

        self.assertEqual(run()['state'], 'good')
        file = self._create_file(data=b'%PDF-1.4 no list')
        file._run_import()
        self.assertEqual(file.state, 'failed')
        result = run()
        self.assertEqual(result['state'], 'look', result['message'])
        self.assertEqual(
            self.env['pharma.flow.file'].search(result['buttons'][0]['action']['domain']), file)
        file.state = 'reading'
        self.assertEqual(run()['state'], 'bad')
        job = health.with_delay()._job_check('flow_files').db_record()
        file.job_uuid = job.uuid
        self.assertEqual(run()['state'], 'good')

    def test_roles_of_users_lists(self):
        """A list can give the commercial role; plain administrator means that of the CRM."""
        imports = self.env['pharma.setup.import']
        commercial = self.env.ref('pharma_distribution.group_pharma_distribution_commercial')
        roles, words = imports.with_user(self.user_admin)._get_roles()
        self.assertEqual(words['commercial'], commercial.id)
        self.assertTrue(next(role for role in roles if role.key == commercial.id).allowed)
        self.assertEqual(
            words["管理员"], self.env.ref('pharma_crm.group_pharma_crm_admin').id)
