"""Run in 'odoo shell' on a new database: make its company and users Chinese."""
# ruff: noqa: F821 - env is given by the shell

china = env.ref('base.cn')
beijing = env['res.country.state'].search([('country_id', '=', china.id), ('code', '=', '京')])
env.company.partner_id.write({
    'name': '康济医药有限公司', 'country_id': china.id, 'state_id': beijing.id, 'city': '北京市',
    'street': '经济技术开发区科创六街1号', 'zip': '100176', 'lang': 'zh_CN', 'tz': 'Asia/Shanghai',
})
env['res.lang']._activate_lang('en_US')
# active_test=False: the portal's and the public's template users, too
users = env['res.users'].with_context(active_test=False).search([])
users.write({'lang': 'zh_CN', 'tz': 'Asia/Shanghai'})
env['ir.default'].set('res.partner', 'lang', 'zh_CN')
env['ir.default'].set('res.partner', 'tz', 'Asia/Shanghai')
env.cr.commit()
