from odoo import api, fields, models
from odoo.fields import Domain

# What makes an address one of its own: the country alone does not.
OWN_ADDRESS_FIELDS = ('street', 'street2', 'zip', 'city', 'state_id')
# Below a hospital: known by the names of their superiors.
BELOW_TYPES = ('campus', 'department', 'person')


class ResPartner(models.Model):
    """What Odoo does between a contact and its company, tamed for hospitals with a thousand
    people: nothing is written upwards, addresses are shown and not copied, names tell all levels.

    The kind of a customer is hidden from portal users, whose own contact passes here as well: that
    is why it is read in superuser mode throughout.
    """

    _inherit = 'res.partner'

    inherited_address = fields.Char(
        compute='_compute_inherited_address', groups='base.group_user',
        help="A campus, department or person without an address of its own has the address of the "
             "next superior that has one")

    # === COMPUTE === #

    @api.depends('pharma_type', 'parent_id')
    def _compute_complete_name(self):
        return super()._compute_complete_name()

    def _get_complete_name(self):
        if (not self._is_below_hospital() or not self.parent_id
                or self.env.context.get('partner_display_name_hide_company')):
            return super()._get_complete_name()
        # Who sees a person may read the names of his hospital and department. Names, not the stored
        # complete name of the superior: that may be about to change in the same go.
        return f"{self.sudo().parent_id._get_complete_name()}, {self.name or ''}".strip()

    # Odoo forgets what the name is made of: each list then read all columns of its contacts again
    @api.depends('parent_id.complete_name', 'name', 'company_name', 'is_company', 'type')
    # Odoo forgets the second key: whoever asked first decided on the name for both
    @api.depends_context('formatted_display_name', 'partner_display_name_hide_company')
    def _compute_display_name(self):
        super()._compute_display_name()
        if not self.env.context.get('formatted_display_name'):
            return
        for partner in self.filtered(lambda partner: partner._is_below_hospital()):
            superior = partner.sudo().parent_id
            short, long = f"{superior.name} \t ", f"{superior._get_complete_name()} \t "
            if partner.display_name.startswith(short):
                partner.display_name = long + partner.display_name.removeprefix(short)

    @api.depends(lambda self: self._display_address_depends())
    def _compute_inherited_address(self):
        for partner in self:
            source = partner._get_address_partner()
            lines = source._display_address(without_company=True).splitlines()
            partner.inherited_address = source != partner and ", ".join(
                text for line in lines if (text := line.strip(" ,")))

    # === CRUD === #

    def write(self, vals):
        followers = self._get_owner_followers(vals)
        moved = self._get_moved(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint(('name', 'parent_id')):
            self._rename_below()
        for partner in moved:
            # Odoo copies what is set, and so leaves the old hospital's terms where the new has none
            company = partner.commercial_partner_id
            if partner._copy_differing(company, partner._commercial_fields()):
                partner._commercial_sync_to_descendants()
        for partners, user_id in followers:
            # The message on the hospital is enough: not one for each of its thousand people, nor a
            # thousand mails to the new salesperson
            partners.with_context(tracking_disable=True).write({'user_id': user_id})
        return result

    def _rename_below(self):
        """Names below these campuses and departments hold theirs, at every level; Odoo knows of
        direct children alone. A hospital's new name reaches all levels by itself.
        """
        below = self.sudo().filtered(
            lambda partner: partner.pharma_type in ('campus', 'department'))._get_below()
        if below:
            self.env.add_to_compute(self._fields['complete_name'], below)
            below.modified(['complete_name'])

    def _get_moved(self, vals):
        """Campuses, departments and persons that come to another superior with these values.

        :param dict vals: values about to be written on these partners
        :return: partners, in superuser mode as for Odoo's own synchronization
        """
        if not vals.get('parent_id'):
            return self.browse()
        return self.sudo().filtered(
            lambda partner: partner._is_below_hospital() and partner.parent_id
            and partner.parent_id.id != vals['parent_id'])

    def _get_owner_followers(self, vals):
        """Whose salesperson changes with these values, because he is the superior's.

        :param dict vals: values about to be written on these partners
        :return: pairs of partners, in superuser mode, and the id of their new salesperson; who
            follows does so whether or not the author of the change sees him
        :rtype: list[tuple]
        """
        if 'user_id' in vals:
            customers = self.sudo().filtered('pharma_type')
            return [
                (partners, vals['user_id'])
                for owner, superiors in customers.grouped('user_id').items()
                if owner.id != vals['user_id'] and (partners := superiors._get_below(
                    Domain('user_id', '=', owner.id)) - superiors)
            ]
        superior = self.sudo().browse(vals.get('parent_id'))
        moved = self._get_moved(vals).filtered(
            lambda partner: superior.user_id and partner.user_id
            and partner.user_id == partner.parent_id.user_id)
        return [(moved, superior.user_id.id)] if moved else []

    def _load_records_create(self, vals_list):
        # Odoo's way of loading files copies addresses down by itself
        if not any(vals.get('pharma_type') for vals in vals_list):
            return super()._load_records_create(vals_list)
        return self.create(vals_list)

    # === TREE === #

    def _is_below_hospital(self):
        """Whether this is a campus, department or person; never for plain contacts."""
        return self.sudo().pharma_type in BELOW_TYPES

    def _get_below(self, domain=Domain.TRUE):
        """Campuses, departments and persons below these customers, at every level.

        :param Domain domain: which of them
        :return: partners, archived ones included
        """
        partners = self.with_context(active_test=False)
        domain &= Domain('pharma_type', 'in', BELOW_TYPES)
        entities = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        found = partners.search(
            Domain('commercial_partner_id', 'in', entities.ids) & domain
        ) if entities else partners.browse()
        level = self - entities
        while level:
            # A campus or a department has few below it, in few levels
            level = partners.search([
                ('parent_id', 'in', level.ids), ('pharma_type', 'in', BELOW_TYPES)])
            found |= level.filtered_domain(domain)
        return found

    def _get_address_partner(self):
        """Whose address this customer has: its own, or that of the next superior with one.

        :return: a partner; in superuser mode when it is a superior, whose address may be read by
            whoever sees the customer
        """
        self.ensure_one()
        partner = self
        while (partner._is_below_hospital() and partner.parent_id
               and not any(partner[field] for field in OWN_ADDRESS_FIELDS)):
            partner = partner.sudo().parent_id
        return partner

    def _prepare_display_address(self, without_company=False):
        source = self._get_address_partner()
        return super(ResPartner, source)._prepare_display_address(without_company)

    def _display_address_depends(self):
        # Of the superiors' addresses: the field is not stored, so these only refresh what is shown
        return [*super()._display_address_depends(), 'pharma_type', *(
            f'{superior}.{name}' for name in OWN_ADDRESS_FIELDS
            for superior in ('parent_id', 'parent_id.parent_id', 'commercial_partner_id'))]

    # === SYNCHRONIZATION === #

    @api.onchange('parent_id')
    def onchange_parent_id(self):
        return {} if self.sudo().pharma_type else super().onchange_parent_id()

    def _fields_sync(self, values):
        kind, superior_kind = self.sudo().pharma_type, self.sudo().parent_id.pharma_type
        if not kind and not superior_kind:
            return super()._fields_sync(values)
        # Downwards only: a child never changes its hospital
        if values.get('parent_id'):
            self.sudo()._commercial_sync_from_company()
        if (not kind and self.type == 'contact'
                and (values.get('parent_id') or values.get('type') == 'contact')):
            self._update_address(self.parent_id._get_address_values())
        self._children_sync(values)

    def _children_sync(self, values):
        if not self.sudo().pharma_type:
            return super()._children_sync(values)
        # As Odoo, without reading a thousand children at every change of anything
        commercial = values.keys() & self._commercial_fields()
        if commercial and self.commercial_partner_id == self:
            self.sudo()._commercial_sync_to_descendants(commercial)
        if not values.keys().isdisjoint(self._address_fields()):
            self.search([
                ('parent_id', '=', self.id), ('pharma_type', '=', False), ('type', '=', 'contact'),
            ])._update_address(values)

    def _commercial_sync_from_company(self):
        company = self.commercial_partner_id
        if not self._is_below_hospital() or company == self:
            return super()._commercial_sync_from_company()
        # As Odoo, without writing what is the same already
        if self._copy_differing(company, filter(company.__getitem__, self._commercial_fields())):
            self._commercial_sync_to_descendants()
        self._company_dependent_commercial_sync()

    def _company_dependent_commercial_sync(self):
        if not self._is_below_hospital():
            return super()._company_dependent_commercial_sync()
        names = self._company_dependent_commercial_fields()
        if names:
            # As Odoo: terms are kept per company, whether or not the author works there
            for company in self.env['res.company'].sudo().search([]) - self.env.company:
                partner = self.with_company(company)
                partner._copy_differing(partner.commercial_partner_id, names)

    def _copy_differing(self, source, names):
        """Copy fields from another contact where they differ: mostly nothing does.

        :param source: a contact
        :param names: fields
        :return: whether there was something to copy
        :rtype: bool
        """
        differing = [name for name in names if self[name] != source[name]]
        if differing:
            self.write(source._convert_fields_to_values(differing))
        return bool(differing)

    def _handle_first_contact_creation(self):
        if not self.sudo().parent_id.pharma_type:
            return super()._handle_first_contact_creation()
        return None

    def address_get(self, adr_pref=None):
        """As Odoo's, without walking through everybody below a hospital: the nearest address of
        each type, below the contact first, then below its superiors.

        :param adr_pref: types of address
        :return: ``{type: id}``
        :rtype: dict
        """
        if len(self) != 1 or not self.sudo().commercial_partner_id.pharma_type:
            return super().address_get(adr_pref)
        wanted = {*(adr_pref or []), 'contact'}
        others = self.search([
            ('commercial_partner_id', '=', self.commercial_partner_id.id),
            ('type', 'in', sorted(wanted - {'contact'})), ('is_company', '=', False),
        ]) if len(wanted) > 1 else self.browse()
        superiors = {other: other._get_superiors() for other in others}
        result = {}
        for current in (self, *self._get_superiors()):
            if current.type in wanted:
                result.setdefault(current.type, current.id)
            below = [other for other in others if current in superiors[other]]
            for other in sorted(below, key=lambda other: superiors[other].index(current)):
                result.setdefault(other.type, other.id)
        default = result.get('contact', self.id)
        return {kind: result.get(kind, default) for kind in wanted}

    def _get_superiors(self):
        """The superiors up to the hospital, the nearest first.

        :rtype: list
        """
        superiors, partner = [], self
        while not partner.is_company and partner.parent_id:
            partner = partner.parent_id
            superiors.append(partner)
        return superiors
