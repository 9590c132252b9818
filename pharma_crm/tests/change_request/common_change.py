from odoo.tests import new_test_user

from ..common import PharmaCrmCommon


class ChangeCase(PharmaCrmCommon):
    """A hospital with a department and a doctor in the representative's territory.

    Beside the users of the common class: ``colleague``, a representative of another territory,
    where ``far`` belongs; ``steward2``, another data steward. Only the default level is there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital(name="甲医院", phone='0571-1', hospital_level='2')
        cls.department = cls._create_department(cls.hospital, name="内科")
        cls.doctor = cls._create_person(cls.department, name="林知远", phone='139')
        elsewhere = cls._create_territory(name="别处")
        cls.far = cls._create_hospital(name="乙医院", territory=elsewhere)
        cls.colleague, cls.steward2 = (
            new_test_user(
                cls.env, login=login, password=login, name=login, tz='Asia/Shanghai',
                groups=f'pharma_crm.group_pharma_crm_{role}')
            for login, role in (
                ('change_colleague', 'representative'), ('change_steward', 'steward')))
        cls._assign(cls.colleague, elsewhere, role='representative', date_from='2020-01-01')
        cls.env['tier.definition'].search([
            ('model', '=', 'pharma.change.request'),
            ('id', '!=', cls.env.ref('pharma_crm.tier_definition_change_steward').id)]).unlink()

    def _by_request(self, *kinds):
        """Let the company ask for requests."""
        for kind in kinds:
            self.env.company[f'pharma_change_{kind}'] = 'request'

    def _propose(self, partner=None, values=None, user=None, kind='facts', **options):
        """A submitted request of the representative, of the hospital's telephone."""
        request = self.env['pharma.change.request'].with_user(
            user or self.user_representative).propose(
            kind, (self.hospital if partner is None else partner).id,
            {'phone': '0571-2'} if values is None else values, "见官网", **options)
        return request.with_env(self.env)

    def _level(self, **values):
        """Another level, after those that are there."""
        return self.env['tier.definition'].create({'pharma_reviewer': 'director', **values})

    def _as(self, request, user=None):
        return request.with_user(user or self.user_steward)
