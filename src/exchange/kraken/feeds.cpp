#include "exchange/kraken/feeds.hpp"

#include <nlohmann/json.hpp>

#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

std::string text_of(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// product_ids as texts; nothing when there are none or one is no text.
std::vector<std::string> products_of(const nlohmann::json& object) {
    std::vector<std::string> products;
    const auto found = object.find("product_ids");
    if (found == object.end() || !found->is_array()) return products;
    for (const nlohmann::json& one : *found) {
        if (!one.is_string()) return {};
        products.push_back(one.get<std::string>());
    }
    return products;
}

}  // namespace

void Feeds::open(StreamId stream) {
    challenges_[stream];
    json_.clear();
    json_.begin_object().member("event", "info").member("version", 1).end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
}

void Feeds::on_closed(StreamId stream) {
    challenges_.erase(stream);
    public_.remove(stream);
    private_.remove(stream);
}

void Feeds::say(StreamId stream, std::string_view event, std::string_view message) {
    json_.clear();
    json_.begin_object().member("event", event).member("message", message).end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
}

void Feeds::challenge(StreamId stream, const std::string& api_key, Timestamp now) {
    if (desk_.keys.find(api_key, now) == nullptr) return say(stream, "error", "Invalid api_key");
    std::string& text = challenges_[stream];
    if (text.empty()) text = desk_.challenge_ids.text(++challenge_count_);
    say(stream, "challenge", text);
}

void Feeds::on_message(StreamId stream, std::string_view bytes, Timestamp now) {
    if (kMessageMax < bytes.size()) return say(stream, "alert", "Bad request");
    const auto message = nlohmann::json::parse(bytes, nullptr, false);
    if (!message.is_object()) return say(stream, "alert", "Bad request");
    const std::string event = text_of(message, "event");
    if (event == "challenge") return challenge(stream, text_of(message, "api_key"), now);
    if (event == "ping") {
        return desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, R"({"event":"pong"})"});
    }
    if (event != "subscribe" && event != "unsubscribe") return say(stream, "alert", "Bad request");
    const bool on = event == "subscribe";
    const std::string feed = text_of(message, "feed");
    const std::vector<std::string> products = products_of(message);
    if (feed == "heartbeat") {
        public_.set_heartbeat(stream, on);
        json_.clear();
        json_.begin_object().member("event", on ? "subscribed" : "unsubscribed").member("feed", feed);
        json_.end_object();
        return desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
    }
    if (const std::optional<PublicFeed> one = parse_public_feed(feed)) {
        if (products.empty()) return say(stream, "error", "Invalid product id");
        // Each product is answered by itself, a wrong one too: the others go on.
        for (const std::string& product : products) {
            const Contract* contract = desk_.contracts.find(product);
            if (contract == nullptr) {
                say(stream, "error", "Invalid product id");
                continue;
            }
            json_.clear();
            json_.begin_object().member("event", on ? "subscribed" : "unsubscribed").member("feed", feed);
            json_.begin_array("product_ids").element(contract->symbol).end_array().end_object();
            desk_.outlet.send(stream, {FrameKind::control, contract->id, 0, false, json_.text()});
            if (on && !public_.subscribe(stream, *one, contract->id, now)) {
                say(stream, "alert", "Already subscribed to feed, re-requesting");
            }
            if (!on) public_.unsubscribe(stream, *one, contract->id);
        }
        return;
    }
    const std::optional<PrivateFeed> one = parse_private_feed(feed);
    if (!one) return say(stream, "error", "Invalid feed");
    const ApiAccess* access = desk_.keys.find(text_of(message, "api_key"), now);
    const std::string original = text_of(message, "original_challenge");
    const std::string& given = challenges_[stream];
    if (access == nullptr || given.empty() || original != given ||
        !desk_.keys.is_signed(*access, given, text_of(message, "signed_challenge"))) {
        return say(stream, "alert",
                   on ? "Failed to subscribe to authenticated feed"
                      : "Failed to unsubscribe from authenticated feed");
    }
    std::set<InstrumentId> only;
    for (const std::string& product : products) {
        const Contract* contract = desk_.contracts.find(product);
        if (contract == nullptr) return say(stream, "error", "Invalid product id");
        only.insert(contract->id);
    }
    json_.clear();
    json_.begin_object().member("event", on ? "subscribed" : "unsubscribed").member("feed", feed);
    json_.member("api_key", access->key).member("original_challenge", given);
    json_.member("signed_challenge", text_of(message, "signed_challenge"));
    if (!only.empty()) {
        json_.begin_array("product_ids");
        for (const InstrumentId id : only) json_.element(desk_.contracts[id].symbol);
        json_.end_array();
    }
    json_.end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
    on ? private_.subscribe(stream, access->account, *one, std::move(only), now)
       : static_cast<void>(private_.unsubscribe(stream, *one));
}

void Feeds::on_events(std::span<const ModelEvent> events, Timestamp now) {
    for (const ModelEvent& event : events) public_.on_event(event);
    private_.on_events(events, now);
}

void Feeds::on_time(Timestamp now) {
    public_.on_time(now);
    private_.on_time(now);
}

}  // namespace plumb::exchange::kraken
