"""What managers say of calls, for the rights table."""

from datetime import datetime, timedelta


class RightsReview:
    """Part of ``RightsWorld``: remarks, examples and coaching of each person's managers."""

    @classmethod
    def _have_pharma_visit_flag(cls, kind, whose):
        return cls.env['pharma.visit.flag'].create({
            'visit_id': cls._record('pharma.visit', 'call', whose).id, 'kind': 'short'})

    @classmethod
    def _have_pharma_visit_element(cls, kind, whose):
        return cls.env.ref('pharma_crm.pharma_visit_element_need')

    @classmethod
    def _have_pharma_visit_example(cls, kind, whose):
        manager, territory = {
            'own': (cls.users['area'], cls.region), 'far': (cls.users['stranger'], cls.distant),
            'comp': (cls.users['foreigner'], cls.area_of_b)}[whose]
        return cls.env['pharma.visit.example'].create({
            'name': cls._name(), 'text': "先问病种结构", 'manager_id': manager.id,
            'territory_id': territory.id, 'company_id': cls._company(whose).id,
            'is_shared': kind == 'shared'})

    @classmethod
    def _make_pharma_coaching(cls, Model, kind, whose, owner):
        vals = {'user_id': cls._owner(whose).id, 'strengths': "准备充分"}
        if whose == 'comp':
            vals['company_id'] = cls.company_b.id
        coaching = Model.create(vals)
        coaching.sudo().state = kind
        return coaching

    @classmethod
    def _make_pharma_coaching_line(cls, Model, kind, whose, owner):
        skill = cls._make_pharma_coaching_skill(
            cls.env['pharma.coaching.skill'], kind, whose, owner)
        return Model.create({
            'coaching_id': cls._record('pharma.coaching', kind, whose).id,
            'skill_id': skill.id})

    @classmethod
    def _make_pharma_coaching_skill(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _have_pharma_review_report(cls, kind, whose):
        cls.env['pharma.visit'].create({
            'partner_id': cls.customers['own']['person'].id, 'user_id': cls.users['rep'].id,
            'date_start': datetime.now() - timedelta(minutes=5), 'duration': 5, 'state': 'done'})
        return cls.env['pharma.review.report'].search([('user_id', '=', cls.users['area'].id)])

    @classmethod
    def _have_pharma_team_member(cls, kind, whose):
        return cls.env['pharma.team.member'].search([('user_id', '=', cls._owner(whose).id)])
