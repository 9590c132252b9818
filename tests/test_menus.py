from opens_menus import OpensMenus

from odoo.tests import tagged

from odoo.addons.pharma_tender.tests.common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestMenus(OpensMenus, PharmaTenderCommon):
    """Every role opens every menu of the suite that it sees, by the calls of the web client."""

    def test_every_role_opens_every_menu_it_sees(self):
        """No menu ends in an error, whatever the role."""
        opened = 0
        for role, user in self.users_by_role.items():
            if role == 'portal':
                continue
            for action in self._get_actions(user):
                with self.subTest(role=role, action=action.xml_id):
                    self._open(action, user)
                    opened += 1
        self.assertGreater(opened, 50)

    def test_no_menu_without_a_role(self):
        """A user without a role of the suite sees none of its menus."""
        self.assertFalse(self._get_actions(self.user_internal))
