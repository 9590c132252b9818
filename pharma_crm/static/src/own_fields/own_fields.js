import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PropertiesField, propertiesField } from "@web/views/fields/properties/properties_field";

/**
 * Own fields of a customer: entered here, set up on the customer type, where it is also said which
 * of them are required and read-only.
 */
export class PharmaOwnFields extends PropertiesField {
    async checkDefinitionWriteAccess() {
        return false;
    }

    _getPropertyEditWarningText() {
        return _t("Own fields are set up under Configuration, Customer Types.");
    }
}

registry.category("fields").add("pharma_own_fields", {
    ...propertiesField,
    component: PharmaOwnFields,
});
