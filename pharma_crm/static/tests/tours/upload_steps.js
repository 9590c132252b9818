/**
 * Steps that upload a workbook in the form of an import and have it checked.
 *
 * @param {string} url where the test serves the workbook
 */
export function uploadSteps(url) {
    return [
        {
            content: "Choose the file",
            trigger: ".o_form_view .o_field_widget[name='data']",
            async run() {
                const response = await fetch(url);
                const transfer = new DataTransfer();
                transfer.items.add(new File([await response.blob()], url.split("/").pop()));
                const input = this.anchor.querySelector("input[type='file']");
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "It is there",
            trigger: ".o_form_view .o_field_widget[name='data'] .o_delete_file_button, .o_form_view .o_field_widget[name='data'] .o_clear_file_button",
        },
        {
            trigger: ".o_form_view button[name='action_check']",
            run: "click",
        },
    ];
}
