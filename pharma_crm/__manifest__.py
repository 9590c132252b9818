{
    'name': "Pharma CRM",
    'version': '19.0.1.1.0',
    'category': 'Sales/Pharma',
    'summary': "Hospitals, departments, doctors and pharmacies; search in Chinese; rights by role",
    'author': "Pharma Suite Contributors",
    'license': 'AGPL-3',
    'application': True,
    'depends': [
        'queue_job',
        'sale_crm',  # -> crm, sale, account, portal: orders and money belong to the customer
        'web_hierarchy',
    ],
    'external_dependencies': {
        'python': ['pypinyin', 'python_calamine', 'xlrd'],
    },
    'data': [
        'security/pharma_crm_groups.xml',
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'data/pharma.division.csv',
        'data/pharma.specialty.csv',
        'data/pharma.title.csv',
        'data/ir_cron_data.xml',
        'data/pharma_hospital_import_data.xml',
        'data/pharma_person_profile_data.xml',
        'data/pharma_partner_type_data.xml',
        'data/pharma_lifecycle_data.xml',  # After the types that the stages belong to
        'report/pharma_source_report_views.xml',
        'views/pharma_hospital_import_views.xml',
        'views/pharma_division_views.xml',
        'views/pharma_specialty_views.xml',
        'views/pharma_alias_views.xml',
        'views/pharma_title_views.xml',
        'views/pharma_affiliation_views.xml',
        'views/pharma_person_profile_views.xml',
        'views/pharma_profile_log_views.xml',
        'views/pharma_lifecycle_stage_views.xml',
        'views/pharma_partner_type_views.xml',
        'views/product_template_views.xml',
        'views/res_partner_views.xml',
        'views/res_partner_lifecycle_views.xml',
        'views/res_partner_page_views.xml',
        'views/search_name_views.xml',
        'views/res_config_settings_views.xml',
        'views/pharma_crm_menus.xml',  # Last because referencing actions defined in previous files
    ],
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_backend': [
            'pharma_crm/static/src/**/*',
        ],
        'web.assets_tests': [
            'pharma_crm/static/tests/tours/**/*',
        ],
    },
}
