from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import PharmaDistributionCommon

NAMES = ("望澜市人民医院", "望澜市中医医院", "人民医院东药房", "不知名诊所")
ROW = st.fixed_dictionaries({
    'customer': st.sampled_from(NAMES), 'month': st.integers(1, 3),
    'quantity': st.integers(-3, 9).filter(bool), 'unit': st.sampled_from("盒件"),
    'product': st.sampled_from(("澜舒他汀钙片", "没有的片"))})


class SummaryMachine(RuleBasedStateMachine):
    """Whatever people do with files, names and masters, in any order: results equal their rows.

    A new thing that changes posted rows (locking a month, restating it) is one more rule here.
    """

    files = Bundle('files')
    test = None

    @initialize()
    def begin(self):
        self.env = self.test.env
        self.savepoint = self.env.cr.savepoint()
        self.savepoint.__enter__()
        self.count = 0

    def teardown(self):
        self.env.flush_all()
        self.savepoint.rollback()
        self.env.invalidate_all()

    @invariant()
    def results_equal_rows(self):
        counts = self.env['pharma.flow.summary']._count_differences()
        counts.pop('pending')
        assert not any(counts.values()), counts
        rows, cells = (self.env.execute_query(query)[0] for query in (
            SQL("SELECT COUNT(*), COALESCE(SUM(line.quantity), 0),"
                " COALESCE(SUM(line.amount), 0) FROM pharma_flow_line line"
                " JOIN pharma_flow_file file ON file.id = line.file_id"
                " WHERE file.state = 'posted' AND line.status = 'ok'"),
            SQL("SELECT COALESCE(SUM(row_count), 0), COALESCE(SUM(quantity), 0),"
                " COALESCE(SUM(amount), 0) FROM pharma_flow_summary")))
        assert rows == cells, (rows, cells)

    @invariant()
    def results_follow_customers(self):
        """By whichever table, before the folding and after it."""
        report = self.env['pharma.flow.report'].with_user(self.test.user_director)
        found = [
            (state.id or None, level or None, product.id, quantity)
            for state, level, product, quantity in report._read_group(
                [], ['state_id', 'hospital_level', 'product_id'], ['quantity:sum'])]
        rows = self.env.execute_query(SQL(
            """ SELECT COALESCE(p.state_id, h.state_id), h.hospital_level, line.product_id,
                       SUM(line.quantity)::float8
                  FROM pharma_flow_line line
                  JOIN pharma_flow_file file ON file.id = line.file_id AND file.state = 'posted'
                  JOIN res_partner p ON p.id = line.partner_id
                  JOIN res_partner h ON h.id = p.commercial_partner_id
                 WHERE line.status = 'ok' GROUP BY 1, 2, 3 """))
        assert sorted(found, key=str) == sorted(rows, key=str), (found, rows)

    # === FILES === #

    @rule(target=files, rows=st.lists(ROW, min_size=1, max_size=4), post=st.booleans())
    def upload(self, rows, post):
        self.count += 1
        file = self.test._import(self.test._make_csv([
            self.test._make_row(
                row['customer'], f"2026-0{row['month']}-05", str(row['quantity']),
                str(row['quantity'] * 7), **{
                    "单位": row['unit'], "商品名称": row['product'],
                    "批号": f"{self.count}-{number}"})
            for number, row in enumerate(rows)]), name=f"{self.count}.csv")
        assert file.state == 'review', file.message
        if post:
            file.action_post()
        return file

    @rule(file=files)
    def post(self, file):
        if file.state == 'review':
            file.action_post()

    @rule(file=files)
    def undo(self, file):
        file.action_undo()

    @rule(file=files)
    def read_again(self, file):
        if file.state == 'undone':
            file._run_import()

    @rule(file=consumes(files))
    def delete(self, file):
        file.action_undo()
        file.unlink()

    @rule(file=files, month=st.integers(1, 3))
    def change_period(self, file, month):
        if file.state in ('review', 'posted'):
            file.write({'date_from': '2026-01-01', 'date_to': f'2026-0{month}-28'})

    # === DECISIONS AND MASTERS === #

    @rule(name=st.sampled_from(NAMES), customer=st.sampled_from(('hospital', 'clinic_hospital')),
          everywhere=st.booleans())
    def decide(self, name, customer, everywhere):
        distributor = False if everywhere else self.test.distributor.id
        partner = getattr(self.test, customer)
        alias = self.env['pharma.alias'].search([
            ('kind', '=', 'partner'), ('name', '=', name), ('distributor_id', '=', distributor)])
        if alias:
            alias.partner_id = partner
        else:
            self.test._create_alias(
                name=name, partner_id=partner.id, distributor_id=distributor)

    @rule(name=st.sampled_from(NAMES), ignore=st.booleans())
    def take_decision_back(self, name, ignore):
        alias = self.env['pharma.alias'].search([('kind', '=', 'partner'), ('name', '=', name)])
        if alias:
            alias.action_ignore() if ignore else alias.action_reopen()

    @rule(packs=st.sampled_from((0, 10, 100)))
    def change_case_size(self, packs):
        self.test.product.drug_packs_per_case = packs
        self.env['pharma.flow.file'].search([]).action_resolve()

    @rule(number=st.integers(0, 1))
    def change_product_line(self, number):
        self.test.product.categ_id = self.test.lines[number]
        self.env['pharma.flow.line']._restate_products(self.test.product.ids)

    @rule(number=st.integers(0, 1))
    def change_territory(self, number):
        self.env['pharma.alignment'].search([
            ('partner_id', '=', self.test.hospital.id)]).territory_id = (
                self.test.territories[number])
        self.env['pharma.flow.line']._restate_territories(self.test.hospital.ids)

    @rule(customer=st.sampled_from(('hospital', 'clinic_hospital')), number=st.integers(0, 1),
          level=st.sampled_from("123"))
    def move_customer(self, customer, number, level):
        getattr(self.test, customer).write({
            'state_id': self.test.states[number].id, 'hospital_level': level})

    @rule(customer=st.sampled_from(('hospital', 'clinic_hospital')), number=st.integers(0, 1))
    def move_customer_by_sql(self, customer, number):
        """As a merge, or an addon that knows what it owes to the results."""
        ids = getattr(self.test, customer).ids
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET state_id = %s WHERE id = ANY(%s)",
                            [self.test.states[number].id, ids])
        self.env.invalidate_all()
        self.env['pharma.flow.customer']._mark(ids)

    @rule(active=st.booleans())
    def change_department(self, active):
        """One of the names ends with that of the department."""
        self.test.department.active = active
        self.env.flush_all()
        self.env['pharma.flow.department']._restate(self.test.hospital.ids)

    @rule(file=files, months=st.integers(1, 2))
    def enter_later(self, file, months):
        """As rows that come when their month is locked."""
        rows = SQL("line.file_id = %s", file.id)
        self.env['pharma.flow.summary']._take(rows)
        self.env.cr.execute(
            "UPDATE pharma_flow_line SET entry_month = date_trunc('month', date)"
            " + interval '%s month' WHERE file_id = %s", [months, file.id])
        self.env['pharma.flow.line'].invalidate_model(['entry_month'])
        self.env['pharma.flow.summary']._give(rows)

    @rule(limit=st.sampled_from((None, 1, 3)))
    def fold(self, limit):
        self.env['pharma.flow.summary']._fold(limit)


@tagged('post_install', '-at_install')
class TestSummaryWalk(PharmaDistributionCommon):
    """Random walks over everything that changes rows."""

    def test_results_always_equal_their_rows(self):
        self.env.cr.execute("DELETE FROM pharma_flow_line")
        self.env['pharma.flow.summary']._rebuild()
        self.lines = self.env['product.category'].create([
            {'name': name, 'is_product_line': True} for name in ("甲线", "乙线")])
        self.department = self._create_department(self.hospital, name="东药房")
        self.states = self.env['res.country.state'].search([], limit=2)
        self.territories = self.territory | self._create_territory(name="另一地区")
        self.env['pharma.alignment'].search(
            [('partner_id', '=', self.hospital.id)]).date_from = '2025-01-01'
        machine = type('Machine', (SummaryMachine,), {'test': self})
        run_state_machine_as_test(machine, settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck)))
