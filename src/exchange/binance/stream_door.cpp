#include "exchange/binance/stream_door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace plumb::exchange::binance {
namespace {

constexpr std::size_t kNameMax = 200;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('/'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

/// As JSON: an integer, up to 36 letters, null; nothing for what is none of them.
std::optional<std::string> read_id(const nlohmann::json& request) {
    const auto id = request.find("id");
    if (id == request.end() || id->is_null()) return "null";
    if (id->is_number_integer()) return id->dump();
    if (!id->is_string() || 36 < id->get_ref<const std::string&>().size()) return std::nullopt;
    std::string quoted;
    append_quoted(quoted, id->get_ref<const std::string&>());
    return quoted;
}

/// Names of streams; nothing when the params are no list of texts.
std::optional<std::vector<std::string>> read_names(const nlohmann::json& request) {
    const auto params = request.find("params");
    if (params == request.end() || !params->is_array()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& one : *params) {
        if (!one.is_string()) return std::nullopt;
        names.push_back(one.get<std::string>());
    }
    return names;
}

}  // namespace

bool StreamDoor::is_stream_path(std::string_view path) {
    const auto parts = split(path);
    std::size_t first = 0;
    if (!parts.empty() && (parts[0] == "public" || parts[0] == "market" || parts[0] == "private")) first = 1;
    return first < parts.size() && (parts[first] == "ws" || parts[first] == "stream");
}

void StreamDoor::open(Connection& connection, const Request& request, const Parameters& parameters,
                      Timestamp) {
    const auto parts = split(request.path());
    const auto raw = std::ranges::find(parts, "ws");
    connection.form.is_combined = raw == parts.end();
    std::vector<std::string> names;
    if (raw != parts.end()) {
        for (auto part = raw + 1; part != parts.end(); ++part) {
            // Some clients number their connections: /ws/0, /ws/1.
            if (auto name = percent_decoded(*part); name && !is_number(*name)) names.push_back(*name);
        }
    }
    if (const std::string* streams = parameters.find("streams")) {
        for (std::string& name : split(*streams)) names.push_back(std::move(name));
    }
    if (const std::string* key = parameters.find("listenKey")) names.push_back(*key);
    for (const std::string& name : names) {
        if (connection.names.size() < kStreamsMax) subscribe(connection, name);
    }
}

void StreamDoor::subscribe(Connection& connection, const std::string& name) {
    if (kNameMax < name.size() || std::ranges::find(connection.names, name) != connection.names.end()) return;
    connection.names.push_back(name);
    if (const auto account = desk_.listen_keys.find(name)) {
        UserForm form;
        form.wrap = connection.form.is_combined ? UserForm::Wrap::combined : UserForm::Wrap::plain;
        form.unit = connection.form.unit;
        form.listen_key = name;
        users_.listen(connection.id, *account, std::move(form));
        return;
    }
    hub_.subscribe(connection.id, name, connection.form);
}

void StreamDoor::unsubscribe(Connection& connection, const std::string& name) {
    if (std::erase(connection.names, name) == 0) return;
    hub_.unsubscribe(connection.id, name, connection.form);
    users_.leave_key(connection.id, name);
}

void StreamDoor::leave(Connection& connection) {
    for (const std::string& name : connection.names) hub_.unsubscribe(connection.id, name, connection.form);
    connection.names.clear();
    users_.leave(connection.id);
}

void StreamDoor::set_combined(Connection& connection, bool on) {
    if (connection.form.is_combined == on) return;
    const std::vector<std::string> names = connection.names;
    for (const std::string& name : names) unsubscribe(connection, name);
    connection.form.is_combined = on;
    for (const std::string& name : names) subscribe(connection, name);
}

void StreamDoor::answer(const Connection& connection, std::string_view result, std::string_view id) {
    const std::string text = fmt::format(R"({{"result":{},"id":{}}})", result, id);
    Frame frame;
    frame.bytes = text;
    outlet_.send(connection.id, frame);
}

void StreamDoor::answer_error(const Connection& connection, int code, std::string_view words,
                              std::string_view id) {
    std::string text = fmt::format(R"({{"error":{{"code":{},"msg":)", code);
    append_quoted(text, words);
    text.append("},\"id\":").append(id).append("}");
    Frame frame;
    frame.bytes = text;
    outlet_.send(connection.id, frame);
}

void StreamDoor::on_message(Connection& connection, std::string_view text) {
    const auto request = nlohmann::json::parse(text, nullptr, false);
    if (request.is_discarded())
        return answer_error(connection, 3, "Invalid JSON: expected value at line 1 column 1", "null");
    if (!request.is_object())
        return answer_error(connection, 2, "Invalid request: request must be an object", "null");
    const auto id = read_id(request);
    if (!id)
        return answer_error(connection, 2, "Invalid request: request ID must be an unsigned integer", "null");
    const auto method = request.find("method");
    if (method == request.end())
        return answer_error(
            connection, 2,
            fmt::format("Invalid request: missing field `method` at line 1 column {}", text.size()), *id);
    const std::string name = method->is_string()
                                 ? method->get<std::string>()
                                 : method->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (name == "SUBSCRIBE" || name == "UNSUBSCRIBE") {
        const auto names = read_names(request);
        if (!names)
            return answer_error(connection, 2, "Invalid request: params must be an array of strings", *id);
        const bool on = name == "SUBSCRIBE";
        if (on && kStreamsMax < connection.names.size() + names->size())
            return answer_error(connection, 2, "Invalid request: too many parameters", *id);
        for (const std::string& one : *names) on ? subscribe(connection, one) : unsubscribe(connection, one);
        return answer(connection, "null", *id);
    }
    if (name == "LIST_SUBSCRIPTIONS") {
        JsonWriter json;
        json.open_list();
        for (const std::string& one : connection.names) json.text({}, one);
        return answer(connection, json.close_list().take(), *id);
    }
    if (name == "SET_PROPERTY" || name == "GET_PROPERTY") {
        const bool sets = name == "SET_PROPERTY";
        const auto params = request.find("params");
        const std::size_t size = params == request.end() || !params->is_array() ? 0 : params->size();
        if (size == 0 || !(*params)[0].is_string())
            return answer_error(connection, 2, "Invalid request: property name must be a string", *id);
        if ((sets ? 2u : 1u) < size)
            return answer_error(connection, 2, "Invalid request: too many parameters", *id);
        if ((*params)[0].get<std::string>() != "combined")
            return answer_error(connection, 0, "Unknown property", *id);
        if (!sets) return answer(connection, connection.form.is_combined ? "true" : "false", *id);
        if (size != 2 || !(*params)[1].is_boolean())
            return answer_error(connection, 1, "Invalid value type: expected Boolean", *id);
        set_combined(connection, (*params)[1].get<bool>());
        return answer(connection, "null", *id);
    }
    answer_error(
        connection, 2,
        fmt::format(
            "Invalid request: unknown variant `{}`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
            "`LIST_SUBSCRIPTIONS`, "
            "`SET_PROPERTY`, `GET_PROPERTY` at line 1 column {}",
            name, text.find("method") == std::string_view::npos ? 0 : text.find("method") + 9 + name.size()),
        *id);
}

}  // namespace plumb::exchange::binance
