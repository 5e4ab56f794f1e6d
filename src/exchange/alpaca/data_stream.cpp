#include "exchange/alpaca/data_stream.hpp"

#include <algorithm>

namespace plumb::exchange::alpaca {
namespace {

constexpr std::array<const char*, kChannels> kNames{"trades",      "quotes",       "orderbooks", "bars",
                                                    "updatedBars", "dailyBars",    "statuses",   "lulds",
                                                    "corrections", "cancelErrors", "news"};

bool is_stock_feed(Feed feed) { return feed != Feed::crypto && feed != Feed::news; }

bool carries(Feed feed, Channel channel) {
    if (feed == Feed::news) return channel == Channel::news;
    if (channel == Channel::news) return false;
    if (channel == Channel::orderbooks) return feed == Feed::crypto;
    return feed != Feed::crypto || channel < Channel::statuses;
}

std::string_view message_of(int code) {
    switch (code) {
        case 400: return "invalid syntax";
        case 401: return "not authenticated";
        case 402: return "auth failed";
        case 403: return "already authenticated";
        case 404: return "auth timeout";
        case 405: return "symbol limit exceeded";
        case 406: return "connection limit exceeded";
        case 407: return "slow client";
        case 409: return "insufficient subscription";
        case 410: return "invalid subscribe action for this feed";
        default: return "internal error";
    }
}

bool is_symbol_of(Feed feed, std::string_view text) {
    if (text == "*") return true;
    return feed == Feed::crypto ? is_crypto_symbol(text) : is_stock_symbol(text);
}

}  // namespace

std::optional<Feed> feed_of(std::string_view path) {
    if (path.starts_with("/v1beta3/crypto/") || path == "/v1beta2/crypto" || path == "/v1beta3/crypto") {
        const std::string_view loc =
            path.substr(std::min(path.size(), std::string_view{"/v1beta3/crypto/"}.size()));
        const bool is_known =
            loc.empty() || loc == "us" || loc == "us-1" || loc == "us-2" || loc == "eu-1" || loc == "bs-1";
        return is_known ? std::optional{Feed::crypto} : std::nullopt;
    }
    if (path == "/v2/iex") return Feed::iex;
    if (path == "/v2/sip") return Feed::sip;
    if (path == "/v2/delayed_sip") return Feed::delayed_sip;
    if (path == "/v2/boats" || path == "/v1beta1/boats") return Feed::boats;
    if (path == "/v2/overnight" || path == "/v1beta1/overnight") return Feed::overnight;
    if (path == "/v2/test") return Feed::test;
    if (path == "/v1beta1/news") return Feed::news;
    return std::nullopt;
}

DataStreams::DataStreams(Desk& desk) : desk_{desk} {
    for (auto& channel : listeners_) channel.resize(desk.assets().all().size());
}

void DataStreams::success(const Session& session, std::string_view what) {
    Listeners one;
    (session.is_msgpack ? one.msgpack : one.json).push_back(session.id);
    tell(one, FrameKind::control, std::nullopt, [&](auto& out) {
        out.begin_array().begin_object().text("T", "success").text("msg", what).end_object().end_array();
    });
}

void DataStreams::error(const Session& session, int code) {
    Listeners one;
    (session.is_msgpack ? one.msgpack : one.json).push_back(session.id);
    tell(one, FrameKind::control, std::nullopt, [&](auto& out) {
        out.begin_array().begin_object().text("T", "error");
        out.number("code", std::int64_t{code}).text("msg", message_of(code)).end_object().end_array();
    });
}

void DataStreams::end(const Session& session, int code) {
    error(session, code);
    desk_.outlet().close(session.id, 1000, "");
}

bool DataStreams::refuse(StreamId stream, int code) {
    const auto found = sessions_.find(stream);
    if (found == sessions_.end()) return false;
    const Session session = found->second;
    code == 406 || code == 407 ? end(session, code) : error(session, code);
    return true;
}

void DataStreams::open(StreamId stream, Feed feed, const Request& request, Timestamp now) {
    Session session;
    session.id = stream;
    session.feed = feed;
    session.opened_at = now;
    const std::string* type = request.header("Content-Type");
    session.is_msgpack = type != nullptr && type->find("msgpack") != std::string::npos;
    Session& placed = sessions_.insert_or_assign(stream, std::move(session)).first->second;
    success(placed, "connected");
    const std::string* key = request.header("APCA-API-KEY-ID");
    const std::string* secret = request.header("APCA-API-SECRET-KEY");
    if (key != nullptr && secret != nullptr) authenticate(placed, *key, *secret, now);
}

void DataStreams::on_closed(StreamId stream) {
    detach(stream);
    sessions_.erase(stream);
}

void DataStreams::authenticate(Session& session, std::string_view key, std::string_view secret,
                               Timestamp now) {
    if (session.account) return error(session, 403);
    const AccountState* account = desk_.account_of(key, secret, now);
    if (account == nullptr) return error(session, 402);
    for (const auto& [id, other] : sessions_) {
        const bool is_same_place = other.feed == session.feed && other.account == account->access.account;
        if (id != session.id && is_same_place) return end(session, 406);
    }
    session.account = account->access.account;
    success(session, "authenticated");
}

void DataStreams::on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) {
    const auto found = sessions_.find(stream);
    if (found == sessions_.end()) return;
    Session& session = found->second;
    const auto message = session.is_msgpack && is_binary ? read_msgpack(bytes) : read_json(bytes);
    if (!message || !message->is_object()) return error(session, 400);
    bool is_bad = false;
    const std::string action = text_field(*message, "action", is_bad);
    if (is_bad) return error(session, 400);
    if (action == "auth") {
        const std::string key = text_field(*message, "key", is_bad);
        const std::string secret = text_field(*message, "secret", is_bad);
        if (is_bad) return error(session, 400);
        return authenticate(session, key, secret, now);
    }
    if (action != "subscribe" && action != "unsubscribe") return error(session, 400);
    if (!session.account) return error(session, 401);
    subscribe(session, *message, action == "subscribe", now);
}

/// Zero, or the code of the error.
int DataStreams::read_subscription(const Session& session, const Json& message, Subscription& into) const {
    for (std::size_t i = 0; i < kChannels; ++i) {
        const auto list = message.find(kNames[i]);
        if (list == message.end() || list->is_null()) continue;
        if (!list->is_array()) return 400;
        if (!list->empty() && !carries(session.feed, static_cast<Channel>(i))) return 410;
        for (const Json& symbol : *list) {
            if (!symbol.is_string()) return 400;
            const auto& text = symbol.get_ref<const std::string&>();
            if (!is_symbol_of(session.feed, text)) return 400;
            into[i].insert(text);
        }
    }
    return 0;
}

void DataStreams::subscribe(Session& session, const Json& message, bool adds, Timestamp now) {
    Subscription asked;
    if (const int code = read_subscription(session, message, asked); code != 0) return error(session, code);
    auto next = session.wanted;
    for (std::size_t i = 0; i < kChannels; ++i) {
        for (const std::string& symbol : asked[i]) {
            if (symbol == "*") {
                next[i].all = adds;
                if (!adds) next[i].symbols.clear();
            } else {
                adds ? void(next[i].symbols.insert(symbol)) : void(next[i].symbols.erase(symbol));
            }
        }
    }
    const auto of = [&next](Channel channel) -> Wanted& { return next[static_cast<std::size_t>(channel)]; };
    if (is_stock_feed(session.feed))
        of(Channel::corrections) = of(Channel::cancel_errors) = of(Channel::trades);
    std::set<std::string> counted = of(Channel::trades).symbols;
    counted.insert(of(Channel::quotes).symbols.begin(), of(Channel::quotes).symbols.end());
    std::size_t most = 0;
    for (const Wanted& wanted : next) most = std::max(most, wanted.symbols.size());
    const bool has_star = of(Channel::trades).all || of(Channel::quotes).all;
    if (session.feed == Feed::iex && (kIexSymbolsMax < counted.size() || has_star))
        return error(session, 405);
    if (kStreamSymbolsMax < most) return error(session, 405);
    const Wanted books_before = session.wanted[static_cast<std::size_t>(Channel::orderbooks)];
    detach(session.id);
    session.wanted = std::move(next);
    attach(session);
    acknowledge(session);
    send_books(session, books_before, now);
}

void DataStreams::acknowledge(const Session& session) {
    Listeners one;
    (session.is_msgpack ? one.msgpack : one.json).push_back(session.id);
    tell(one, FrameKind::control, std::nullopt, [&](auto& out) {
        out.begin_array().begin_object().text("T", "subscription");
        for (std::size_t i = 0; i < kChannels; ++i) {
            if (!carries(session.feed, static_cast<Channel>(i))) continue;
            out.key(kNames[i]).begin_array();
            if (session.wanted[i].all) out.text("*");
            for (const std::string& symbol : session.wanted[i].symbols) out.text(symbol);
            out.end_array();
        }
        out.end_object().end_array();
    });
}

/// A book begins with all of it, for the symbols that are new.
void DataStreams::send_books(const Session& session, const Wanted& before, Timestamp now) {
    const Wanted& wanted = session.wanted[static_cast<std::size_t>(Channel::orderbooks)];
    Listeners one;
    (session.is_msgpack ? one.msgpack : one.json).push_back(session.id);
    for (const Asset& asset : desk_.assets().all()) {
        if (!asset.is_crypto) continue;
        const bool has = wanted.all || wanted.symbols.contains(asset.symbol);
        const bool had = before.all || before.symbols.contains(asset.symbol);
        if (!has || had) continue;
        const auto bids = desk_.model().levels(asset.instrument, Side::buy, kBookLevelsMax);
        const auto asks = desk_.model().levels(asset.instrument, Side::sell, kBookLevelsMax);
        tell(one, FrameKind::book, asset.instrument, [&](auto& out) {
            begin_message(out, "o", asset.symbol);
            out.time("t", now);
            out.key("b");
            write_levels(out, bids);
            out.key("a");
            write_levels(out, asks);
            out.boolean("r", true);
            end_message(out);
        });
    }
}

void DataStreams::attach(const Session& session) {
    for (std::size_t i = 0; i < kChannels; ++i) {
        const Wanted& wanted = session.wanted[i];
        if (!wanted.all && wanted.symbols.empty()) continue;
        if (session.feed == Feed::test) {
            if (!wanted.all && !wanted.symbols.contains(std::string{kFakeSymbol})) continue;
            Listeners& list = test_listeners_[i];
            (session.is_msgpack ? list.msgpack : list.json).push_back(session.id);
            continue;
        }
        for (const Asset& asset : desk_.assets().all()) {
            if (asset.is_crypto != (session.feed == Feed::crypto)) continue;
            if (!wanted.all && !wanted.symbols.contains(asset.symbol)) continue;
            Listeners& list = listeners_[i][asset.instrument.value];
            (session.is_msgpack ? list.msgpack : list.json).push_back(session.id);
        }
    }
}

void DataStreams::detach(StreamId stream) {
    const auto forget = [stream](Listeners& list) {
        std::erase(list.json, stream);
        std::erase(list.msgpack, stream);
    };
    for (auto& channel : listeners_) std::ranges::for_each(channel, forget);
    std::ranges::for_each(test_listeners_, forget);
}

void DataStreams::on_time(Timestamp now) {
    const Timestamp minute = std::chrono::floor<std::chrono::minutes>(now);
    const bool has_begun = minute_ != Timestamp{};
    if (has_begun && minute_ < minute && !sessions_.empty()) tell_bars(minute - std::chrono::minutes{1}, now);
    minute_ = minute;
    tell_test(now);
    // Closing may come back here and change the table, so the late ones are listed first.
    std::vector<StreamId> late;
    for (const auto& [id, session] : sessions_) {
        if (!session.account && session.opened_at + kAuthTime <= now) late.push_back(id);
    }
    for (const StreamId id : late) {
        const auto found = sessions_.find(id);
        if (found == sessions_.end()) continue;
        const Session session = found->second;
        on_closed(id);
        end(session, 404);
    }
}

}  // namespace plumb::exchange::alpaca
