RULES = ('pharma_flow_line_rule_representative', 'pharma_flow_line_rule_all')


def migrate(cr, version):
    """Who sees flow lines is decided by territories: one rule for all replaces two of groups,
    which an update would not remove, as they may have been changed by an administrator.
    """
    cr.execute(
        """ DELETE FROM ir_rule USING ir_model_data d
             WHERE d.model = 'ir.rule' AND d.res_id = ir_rule.id
               AND d.module = 'pharma_distribution' AND d.name IN %s """, [RULES])
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'pharma_distribution' AND name IN %s", [RULES])
