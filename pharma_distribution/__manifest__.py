{
    'name': "Pharma Distribution",
    'version': '19.0.1.2.0',
    'category': 'Sales/Pharma',
    'summary': "Distributors' flow files become sales by terminal; deliveries, bank, portal",
    'author': "Pharma Suite Contributors",
    'website': "https://github.com/pharma-suite/pharma-suite",
    'license': 'AGPL-3',
    'application': True,
    'depends': [
        'pharma_crm',
        'product_expiry',  # lots with their expiry dates
        'sale_stock',
        # money, from OCA
        'account_reconcile_oca',
        'account_statement_import_file_reconcile_oca',
        'account_statement_import_sheet_file',
        'partner_statement',
    ],
    'external_dependencies': {
        'python': ['rapidfuzz'],
    },
    'data': [
        'security/pharma_distribution_groups.xml',
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'security/portal_rules.xml',
        'data/ir_cron_data.xml',
        'data/queue_job_function_data.xml',
        'data/account_statement_import_sheet_mapping_data.xml',
        'views/pharma_flow_line_views.xml',
        'report/pharma_flow_report_views.xml',
        'report/pharma_flow_page_views.xml',
        'wizard/pharma_flow_upload_views.xml',
        'views/pharma_flow_file_views.xml',
        'views/pharma_flow_claim_views.xml',
        'views/pharma_flow_correction_views.xml',
        'views/pharma_flow_period_views.xml',
        'views/pharma_flow_layout_views.xml',
        'views/pharma_flow_duty_views.xml',
        'data/pharma_flow_duty_data.xml',
        'views/pharma_alias_views.xml',
        'views/res_partner_views.xml',
        'views/res_config_settings_views.xml',
        'views/stock_picking_portal_templates.xml',
        'wizard/pharma_flow_post_views.xml',
        'views/pharma_distribution_menus.xml',  # Last because referencing actions defined above
    ],
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_backend': [
            'pharma_distribution/static/src/**/*.js',
            'pharma_distribution/static/src/**/*.scss',
            'pharma_distribution/static/src/**/*.xml',
            ('remove', 'pharma_distribution/static/src/sales_report/*'),
        ],
        'web.assets_backend_lazy': [
            'pharma_distribution/static/src/sales_report/*',
        ],
        'web.assets_tests': [
            'pharma_distribution/static/tests/tours/**/*',
        ],
    },
}
