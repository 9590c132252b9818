import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// Milliseconds until a phone without a signal is given up
const PATIENCE = 15000;

/**
 * Where a call is recorded: taken from the browser when the person taps, never by itself; the
 * browser asks him once more. Whoever refuses records the call without a place. Stands on
 * `latitude` and fills `longitude` with it.
 */
export class VisitPlaceField extends Component {
    static template = "pharma_crm.VisitPlaceField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ waiting: false, problem: "" });
    }

    get place() {
        const { latitude, longitude } = this.props.record.data;
        return latitude || longitude ? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` : "";
    }

    get canTake() {
        return !this.props.readonly && !this.state.waiting;
    }

    async onTake() {
        Object.assign(this.state, { waiting: true, problem: "" });
        try {
            const { coords } = await this.locate();
            await this.props.record.update({
                latitude: coords.latitude,
                longitude: coords.longitude,
            });
        } catch (error) {
            this.state.problem = this.explain(error);
        } finally {
            this.state.waiting = false;
        }
    }

    onForget() {
        return this.props.record.update({ latitude: 0, longitude: 0 });
    }

    locate() {
        return new Promise((resolve, reject) => {
            if (!navigator.geolocation) {
                reject(new Error());
            } else {
                navigator.geolocation.getCurrentPosition(resolve, reject, {
                    enableHighAccuracy: true,
                    timeout: PATIENCE,
                });
            }
        });
    }

    /** What a refusal of the browser means for the person. */
    explain(error) {
        const texts = {
            1: _t("You did not allow it. The call is recorded without a place."),
            2: _t("The phone does not know where it is. Try again, or record without a place."),
            3: _t("No position was found in time. Try again, or record without a place."),
        };
        return texts[error.code] || _t("This browser does not tell where it is.");
    }
}

export const visitPlaceField = {
    component: VisitPlaceField,
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "longitude", type: "float", readonly: false }],
};

registry.category("fields").add("pharma_visit_place", visitPlaceField);
