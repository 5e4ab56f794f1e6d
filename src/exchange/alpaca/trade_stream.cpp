#include "exchange/alpaca/trade_stream.hpp"

#include <algorithm>
#include <vector>

namespace plumb::exchange::alpaca {
namespace {

/// A ULID: 48 bits of milliseconds, 80 bits of a name, in Crockford's base 32.
std::string ulid(Timestamp at, std::string_view uuid) {
    constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string text(26, '0');
    auto ms = static_cast<std::uint64_t>(to_ms(at));
    for (int i = 9; 0 <= i; --i, ms >>= 5) text[static_cast<std::size_t>(i)] = kDigits[ms & 31];
    std::size_t place = 10;
    for (const char c : uuid) {
        if (c == '-' || place == text.size()) continue;
        const unsigned digit = static_cast<unsigned>('a' <= c ? c - 'a' + 10 : c - '0');
        text[place] = kDigits[(digit * 7 + place) & 31];
        ++place;
    }
    return text;
}

std::string_view event_name(const OrderHappened& happened) {
    switch (happened.step) {
        case OrderStep::accepted: return "new";
        case OrderStep::filled:
            return happened.record.status == OrderStatus::filled ? "fill" : "partial_fill";
        case OrderStep::canceled:
        case OrderStep::expired: return status_text(happened.record);  // "canceled" or "expired"
        case OrderStep::rejected: return "rejected";
        case OrderStep::replaced: return "replaced";
        case OrderStep::triggered:
        case OrderStep::changed: return "";
    }
    return "";
}

}  // namespace

void TradeStreams::open(StreamId stream, const Request& request, Timestamp now) {
    Session session;
    session.id = stream;
    const std::string* type = request.header("Content-Type");
    session.is_msgpack = type != nullptr && type->find("msgpack") != std::string::npos;
    Session& placed = sessions_.insert_or_assign(stream, session).first->second;
    const std::string* key = request.header("APCA-API-KEY-ID");
    const std::string* secret = request.header("APCA-API-SECRET-KEY");
    if (key == nullptr || secret == nullptr) return;
    if (const AccountState* account = desk_.account_of(*key, *secret, now)) {
        placed.account = account->access.account;
    }
}

void TradeStreams::send(const Session& session, const Frame& frame, std::string_view json) {
    Frame sent = frame;
    sent.is_binary = true;
    if (!session.is_msgpack) {
        sent.bytes = json;
        desk_.outlet().send(session.id, sent);
        return;
    }
    std::string packed;
    Json::to_msgpack(Json::parse(json), packed);
    sent.bytes = packed;
    desk_.outlet().send(session.id, sent);
}

void TradeStreams::control(const Session& session, std::string_view stream, std::string_view data) {
    std::string text;
    JsonOut{text}.begin_object().text("stream", stream).key("data").raw(data).end_object();
    send(session, Frame{}, text);
}

void TradeStreams::authenticate(Session& session, std::string_view key, std::string_view secret,
                                Timestamp now) {
    const AccountState* account = desk_.account_of(key, secret, now);
    if (account == nullptr) {
        return control(session, "authorization",
                       R"({"action":"authenticate","message":"access key verification failed",)"
                       R"("status":"unauthorized"})");
    }
    session.account = account->access.account;
    control(session, "authorization", R"({"action":"authenticate","status":"authorized"})");
}

void TradeStreams::listen(Session& session, const Json& data) {
    if (!session.account) {
        return control(session, "authorization", R"({"action":"listen","status":"unauthorized"})");
    }
    bool wants = false;
    if (const auto streams = data.find("streams"); streams != data.end() && streams->is_array()) {
        wants = std::ranges::any_of(*streams, [](const Json& name) { return name == "trade_updates"; });
    }
    session.listens = wants;
    control(session, "listening", wants ? R"({"streams":["trade_updates"]})" : R"({"streams":[]})");
}

void TradeStreams::on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) {
    const auto found = sessions_.find(stream);
    if (found == sessions_.end()) return;
    Session& session = found->second;
    const auto message = session.is_msgpack && is_binary ? read_msgpack(bytes) : read_json(bytes);
    bool is_bad = !message || !message->is_object();
    const std::string action = is_bad ? "" : text_field(*message, "action", is_bad);
    const Json data = is_bad ? Json{} : message->value("data", Json::object());
    if (!is_bad && action == "auth") {
        const std::string key = text_field(*message, "key", is_bad);
        const std::string secret = text_field(*message, "secret", is_bad);
        if (!is_bad) return authenticate(session, key, secret, now);
    }
    if (!is_bad && data.is_object() && action == "authenticate") {
        const std::string key = text_field(data, "key_id", is_bad);
        const std::string secret = text_field(data, "secret_key", is_bad);
        if (!is_bad) return authenticate(session, key, secret, now);
    }
    if (!is_bad && data.is_object() && action == "listen") return listen(session, data);
    send(session, Frame{},
         R"({"action":"error","stream":"error","data":{"error_message":"invalid syntax"}})");
}

void TradeStreams::tell(const OrderHappened& happened, std::string_view name, OrderView view, Timestamp at) {
    const OrderRecord& order = happened.record;
    const bool is_fill = happened.step == OrderStep::filled;
    const Execution& fill = happened.execution;
    const std::string execution = is_fill ? desk_.ids().text(IdKind::execution, fill.number)
                                          : desk_.ids().text(IdKind::event, desk_.next_number());
    std::string text;
    JsonOut out{text};
    out.begin_object().text("stream", "trade_updates").key("data").begin_object();
    out.time("at", at);
    out.text("event", name);
    out.text("event_id", ulid(at, execution));
    out.text("execution_id", execution);
    out.key("order");
    write_order(out, desk_, order, view, true);
    if (is_fill) {
        out.amount("position_qty", fill.position_after.value);
        out.amount("price", fill.price.value);
        out.amount("qty", fill.quantity.value);
    }
    out.time("timestamp", at);
    out.end_object().end_object();
    const Frame frame{.kind = is_fill ? FrameKind::fill : FrameKind::order,
                      .instrument = order.spec.instrument,
                      .execution = is_fill ? fill.number : 0,
                      .is_binary = true,
                      .bytes = {}};
    for (const auto& [id, session] : sessions_) {
        if (session.listens && session.account == order.spec.account) send(session, frame, text);
    }
}

void TradeStreams::on_events(std::span<const ModelEvent> events) {
    if (sessions_.empty()) return;
    for (const ModelEvent& event : events) {
        const auto* happened = std::get_if<OrderHappened>(&event.what);
        if (happened == nullptr || happened->record.spec.account == AccountId{}) continue;
        const std::string_view name = event_name(*happened);
        if (name.empty()) continue;
        if (happened->step == OrderStep::accepted)
            tell(*happened, "pending_new", OrderView::pending, event.at);
        tell(*happened, name, OrderView::present, event.at);
    }
}

}  // namespace plumb::exchange::alpaca
