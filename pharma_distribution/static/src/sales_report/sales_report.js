import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";

/**
 * Figures of results open the rows of files that they add up; which these are, the server knows.
 */
async function openLines(renderer, domain, measure, newWindow) {
    const action = await renderer.orm.call("pharma.flow.report", "action_view_lines", [
        domain,
        measure,
    ]);
    return renderer.actionService.doAction(action, { newWindow });
}

export class SalesPivotRenderer extends PivotRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
    }

    /** @override */
    getFormattedValue(cell) {
        // Where nothing was sold before there is no growth, rather than none of it
        if (cell.measure.startsWith("growth_") && !cell.value) {
            return { rawValue: cell.value, value: "–" };
        }
        return super.getFormattedValue(cell);
    }

    /** @override */
    onOpenView(cell, newWindow) {
        this.openedMeasure = cell.measure;
        return super.onOpenView(cell, newWindow);
    }

    /** @override */
    openView(domain, views, context, newWindow) {
        return openLines(this, domain, this.openedMeasure, newWindow);
    }
}

export class SalesGraphRenderer extends GraphRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
    }

    /** @override */
    openView(domain, views, context, newWindow) {
        return openLines(this, domain, this.model.metaData.measure, newWindow);
    }
}

const views = registry.category("views");
views.add("pharma_sales_pivot", { ...pivotView, Renderer: SalesPivotRenderer });
views.add("pharma_sales_graph", { ...graphView, Renderer: SalesGraphRenderer });
