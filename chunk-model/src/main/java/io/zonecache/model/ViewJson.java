package io.zonecache.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The view's JSON, field by field in the order of docs/formats.md, without white space. */
public final class ViewJson {

    /** A zone of 10,000 nodes stays below this. */
    public static final int MAX_CHARS = 4 * 1024 * 1024;

    private ViewJson() {}

    public static EncodedView encode(ZoneView view) {
        ZoneSettings settings = view.settings();
        StringBuilder json = new StringBuilder(256 + 128 * view.nodes().size());
        json.append("{\"zone\":").append(Json.quote(settings.zone()));
        json.append(",\"epoch\":").append(view.epoch());
        json.append(",\"recordVersion\":").append(settings.recordVersion());
        json.append(",\"keyScheme\":").append(Json.quote(settings.keyScheme().wireName()));
        CodeSpec code = settings.code();
        json.append(",\"code\":{\"name\":").append(Json.quote(code.name().name()));
        json.append(",\"data\":").append(code.data()).append(",\"parity\":").append(code.parity());
        json.append("},\"expectedNodes\":").append(settings.expectedNodes());
        json.append(",\"originBudget\":").append(settings.originBudget());
        json.append(",\"originReserve\":").append(settings.originReserve());
        json.append(",\"expectedClients\":").append(settings.expectedClients());
        json.append(",\"nodes\":[");
        for (int i = 0; i < view.nodes().size(); i++) {
            json.append(i == 0 ? "" : ",");
            append(json, view.nodes().get(i));
        }
        return EncodedView.of(view, json.append("]}").toString());
    }

    /**
     * Unknown fields are ignored, but count in the version.
     *
     * @throws IllegalArgumentException naming the field, what was found and what was expected
     */
    public static EncodedView decode(String json) {
        if (json.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "view: " + json.length() + " characters (expected: at most " + MAX_CHARS + ")");
        }
        Map<?, ?> view = Json.object("view", Json.parse(json));
        Map<?, ?> code = Json.object("code", view.get("code"));
        ZoneSettings settings = new ZoneSettings(
                Json.text("zone", view.get("zone")),
                Json.integer("recordVersion", view.get("recordVersion")),
                KeyScheme.parse(Json.text("keyScheme", view.get("keyScheme"))),
                new CodeSpec(
                        codeName(Json.text("code.name", code.get("name"))),
                        Json.integer("code.data", code.get("data")),
                        Json.integer("code.parity", code.get("parity"))),
                Json.integer("expectedNodes", view.get("expectedNodes")),
                Json.integer("originBudget", view.get("originBudget")),
                Json.integer("originReserve", view.get("originReserve")),
                Json.integer("expectedClients", view.get("expectedClients")));
        List<ZoneNode> nodes = new ArrayList<>();
        for (Object node : Json.list("nodes", view.get("nodes"))) {
            nodes.add(node(Json.object("node", node)));
        }
        return EncodedView.of(new ZoneView(settings, Json.number("epoch", view.get("epoch")), nodes), json);
    }

    private static void append(StringBuilder json, ZoneNode node) {
        json.append("{\"id\":").append(Json.quote(node.id()));
        json.append(",\"address\":").append(Json.quote(node.address()));
        json.append(",\"domain\":").append(Json.quote(node.domain()));
        json.append(",\"weight\":").append(node.weight());
        json.append(",\"state\":").append(Json.quote(node.state().wireName())).append('}');
    }

    private static ZoneNode node(Map<?, ?> node) {
        return new ZoneNode(
                Json.text("node.id", node.get("id")),
                Json.text("node.address", node.get("address")),
                Json.text("node.domain", node.get("domain")),
                Json.integer("node.weight", node.get("weight")),
                NodeState.parse(Json.text("node.state", node.get("state"))));
    }

    private static CodeName codeName(String name) {
        for (CodeName code : CodeName.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        throw new IllegalArgumentException("code.name: \"" + name + "\" (expected: XOR or REED_SOLOMON)");
    }
}
