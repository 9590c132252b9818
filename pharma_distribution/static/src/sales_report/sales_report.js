import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { GraphModel } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { PivotModel } from "@web/views/pivot/pivot_model";
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

/** How many cells there are says nothing: the number of rows is a figure of its own. */
function withoutCount(measures, used) {
    if (!used.includes("__count")) {
        delete measures.__count;
    }
}

export class SalesPivotModel extends PivotModel {
    /** @override */
    _loadData(config, ...rest) {
        withoutCount(config.metaData.measures, config.metaData.activeMeasures);
        return super._loadData(config, ...rest);
    }
}

export class SalesGraphModel extends GraphModel {
    /** @override */
    _buildMetaData(...params) {
        const metaData = super._buildMetaData(...params);
        withoutCount(metaData.measures, [metaData.measure]);
        return metaData;
    }
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
views.add("pharma_sales_pivot", {
    ...pivotView,
    Model: SalesPivotModel,
    Renderer: SalesPivotRenderer,
});
views.add("pharma_sales_graph", {
    ...graphView,
    Model: SalesGraphModel,
    Renderer: SalesGraphRenderer,
});
