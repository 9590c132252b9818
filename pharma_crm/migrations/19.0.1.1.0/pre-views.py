# Views that stand on a field which the view below them no longer has.
VIEWS = (
    'res_partner_view_search_lifecycle',
    'res_partner_view_list_terminal_lifecycle',
    'res_partner_view_list_person_lifecycle',
    'res_partner_view_list_department_lifecycle',
)


def migrate(cr, version):
    """Lists show territory and responsible people instead of the salesperson: the old views on top
    of them would make the update of the new ones fail. The update brings them back.
    """
    cr.execute(
        """ DELETE FROM ir_ui_view USING ir_model_data d
             WHERE d.model = 'ir.ui.view' AND d.res_id = ir_ui_view.id
               AND d.module = 'pharma_crm' AND d.name IN %s """, [VIEWS])
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'pharma_crm' AND name IN %s", [VIEWS])
