import os
from unittest.mock import patch

from ...models.customer.pharma_person_profile_numbers import KEY_VARIABLE
from ...tools.crypto import generate_key
from ..common import PharmaCrmCommon

PHONE = '13812341234'
IDENTITY = '11010519491231002X'
BANK = '6222 0000 1111 2222'


class ProfileCommon(PharmaCrmCommon):
    """A doctor of the representative with a private profile, and keys.

    ============== ============================== ============================
    person         territory                      profile
    ============== ============================== ============================
    person         the representative's           phone, identity, bank, facts
    foreign_person another one below the manager  phone
    ============== ============================== ============================

    ``_use_keys`` changes the configured keys until the end of the test.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key, cls.other_key = generate_key(), generate_key()
        keys = patch.dict(os.environ, {KEY_VARIABLE: cls.key})
        keys.start()
        cls.addClassCleanup(keys.stop)
        cls.hospital = cls._create_hospital(name="档案测试医院")
        cls.department = cls._create_department(cls.hospital, name="档案测试科")
        cls.person = cls._create_person(cls.department, name="顾怀谨")
        cls.foreign_hospital = cls._create_hospital(
            name="别处的医院", territory=cls._create_territory(
                name="别的地区", parent_id=cls.territory.id))
        cls.foreign_person = cls._create_person(cls.foreign_hospital, name="别家的人")
        cls.profile = cls._create_profile(
            cls.person, private_phone=PHONE, identity_number=IDENTITY, bank_account=BANK,
            hobbies="钓鱼")
        cls.foreign_profile = cls._create_profile(
            cls.foreign_person, private_phone='13900000000')

    @classmethod
    def _create_profile(cls, person, **values):
        return cls.env['pharma.person.profile'].create({'partner_id': person.id, **values})

    def _use_keys(self, *keys):
        patcher = patch.dict(os.environ, {KEY_VARIABLE: ','.join(keys)})
        patcher.start()
        self.addCleanup(patcher.stop)
        self.env.invalidate_all()

    def _log_rows(self, person=None, **values):
        domain = [('partner_number', '=', (person or self.person).id)]
        domain += [(name, '=', value) for name, value in values.items()]
        return self.env['pharma.profile.log'].search(domain)
