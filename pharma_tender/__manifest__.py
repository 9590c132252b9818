{
    'name': "Pharma Tender",
    'version': '19.0.1.2.0',
    'category': 'Sales/Pharma',
    'summary': "Tenders of every kind, bids of all competitors, official results, price book",
    'author': "Pharma Suite Contributors",
    'license': 'AGPL-3',
    'application': True,
    'depends': ['pharma_distribution'],
    'data': [
        'security/pharma_tender_groups.xml',
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'data/ir_sequence_data.xml',
        'data/pharma_tender_stage_data.xml',
        'data/pharma_tender_kind_data.xml',
        'wizard/pharma_tender_import_views.xml',
        'views/pharma_tender_stage_views.xml',
        'views/pharma_tender_kind_views.xml',
        'views/pharma_price_views.xml',
        'views/pharma_tender_bid_views.xml',
        'views/pharma_tender_item_views.xml',
        'views/pharma_tender_views.xml',
        'views/product_template_views.xml',
        'views/res_config_settings_views.xml',
        'views/pharma_tender_menus.xml',  # Last because referencing actions defined above
    ],
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_tests': [
            'pharma_tender/static/tests/tours/**/*',
        ],
    },
}
