import { onWillUnmount, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

/**
 * Files that are dropped on a view, or chosen, are sent one by one; then the screen opens that says
 * whose each of them is.
 */
export function useFlowUpload(rootRef, isEnabled) {
    const orm = useService("orm");
    const action = useService("action");
    const notification = useService("notification");
    let closeProgress = () => {};
    let busy = false;

    function show(done, total) {
        closeProgress();
        closeProgress = notification.add(_t("%(done)s of %(total)s files", { done, total }), {
            title: _t("Uploading"),
            type: "info",
            sticky: true,
        });
    }

    async function upload(fileList, values = {}) {
        const files = [...fileList];
        if (!files.length || busy) {
            return;
        }
        busy = true;
        try {
            const [uploadId] = await orm.create("pharma.flow.upload", [{}]);
            for (const [index, file] of files.entries()) {
                show(index, files.length);
                const content = (await getDataURLFromFile(file)).split(",")[1] || "";
                await orm.call("pharma.flow.upload", "add_file", [uploadId, file.name, content], values);
            }
            await action.doAction({
                type: "ir.actions.act_window",
                name: _t("Upload Flow Files"),
                res_model: "pharma.flow.upload",
                res_id: uploadId,
                views: [[false, "form"]],
            });
        } finally {
            busy = false;
            closeProgress();
        }
    }

    if (rootRef) {
        useDropzone(rootRef, (ev) => upload(ev.dataTransfer.files), "o_pharma_flow_dropzone", isEnabled);
    }
    onWillUnmount(() => closeProgress());
    return upload;
}

const FlowUploadMixin = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.flowInput = useRef("flowInput");
            this.flowUpload = useFlowUpload(this.rootRef, () => this.canUpload);
        }

        get canUpload() {
            return this.props.archInfo.activeActions.create;
        }

        onFlowButton() {
            this.flowInput.el.click();
        }

        async onFlowInput(ev) {
            await this.flowUpload(ev.target.files);
        }
    };

registry.category("views").add("pharma_flow_file_list", {
    ...listView,
    Controller: FlowUploadMixin(ListController),
    buttonTemplate: "pharma_distribution.FlowUploadList.Buttons",
});
registry.category("views").add("pharma_flow_file_kanban", {
    ...kanbanView,
    Controller: FlowUploadMixin(KanbanController),
    buttonTemplate: "pharma_distribution.FlowUploadKanban.Buttons",
});
