#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/json_in.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kAssetsMax = 1000;

void write_watchlist(JsonOut& out, const Desk& desk, const AccountState& account, const Watchlist& list,
                     bool with_assets) {
    out.begin_object();
    out.text("id", desk.ids().text(IdKind::watchlist, list.number));
    out.text("account_id", account.id);
    out.time("created_at", list.created_at);
    out.time("updated_at", list.updated_at);
    out.text("name", list.name);
    if (with_assets) {
        out.key("assets").begin_array();
        for (const InstrumentId instrument : list.assets) write_asset(out, desk.assets().of(instrument));
        out.end_array();
    }
    out.end_object();
}

Response shown(const Desk& desk, const AccountState& account, const Watchlist& list) {
    std::string body;
    JsonOut out{body};
    write_watchlist(out, desk, account, list, true);
    return json_answer(200, std::move(body));
}

/// The name and the symbols a body gives; what it does not give stays. nullopt when all is well.
std::optional<Response> change(const Desk& desk, const AccountState& account, Watchlist& list,
                               const Json& body) {
    bool is_bad = false;
    const std::string name = text_field(body, "name", is_bad);
    if (is_bad) return bad_body();
    if (!name.empty()) {
        if (kNameMax < name.size()) return invalid_field("watchlist name must be up to 64 characters");
        for (const Watchlist& other : account.watchlists) {
            if (other.name == name && other.number != list.number) {
                return invalid_field("watchlist name must be unique");
            }
        }
        list.name = name;
    }
    const auto symbols = body.find("symbols");
    if (symbols == body.end() || symbols->is_null()) return std::nullopt;
    if (!symbols->is_array()) return bad_body();
    std::vector<InstrumentId> assets;
    for (const Json& symbol : *symbols) {
        if (!symbol.is_string()) return bad_body();
        const Asset* asset = desk.assets().find(symbol.get<std::string>());
        if (asset == nullptr) {
            return unprocessable(fmt::format("asset \"{}\" not found", symbol.get<std::string>()));
        }
        if (std::ranges::find(assets, asset->instrument) == assets.end()) assets.push_back(asset->instrument);
        if (kAssetsMax < assets.size()) return unprocessable("too many symbols in the watchlist");
    }
    list.assets = std::move(assets);
    return std::nullopt;
}

Response create(Desk& desk, AccountState& account, const Call& call) {
    const auto body = read_json(call.body);
    if (!body || !body->is_object()) return bad_body();
    if (kWatchlistsMax <= account.watchlists.size()) return unprocessable("too many watchlists");
    Watchlist list;
    list.number = desk.next_number();
    list.created_at = list.updated_at = call.now;
    if (auto refused = change(desk, account, list, *body)) return std::move(*refused);
    if (list.name.empty()) return invalid_field("watchlist name is required");
    account.watchlists.push_back(list);
    return shown(desk, account, list);
}

Response add_asset(Desk& desk, AccountState& account, Watchlist& list, const Call& call) {
    const auto body = read_json(call.body);
    bool is_bad = false;
    if (!body || !body->is_object()) return bad_body();
    const std::string symbol = text_field(*body, "symbol", is_bad);
    if (is_bad) return bad_body();
    const Asset* asset = desk.assets().find(symbol);
    if (asset == nullptr) return not_found(fmt::format("asset not found for {}", symbol));
    if (std::ranges::find(list.assets, asset->instrument) != list.assets.end()) {
        return invalid_field(fmt::format("duplicate symbol: {}", symbol));
    }
    if (kAssetsMax <= list.assets.size()) return unprocessable("too many symbols in the watchlist");
    list.assets.push_back(asset->instrument);
    list.updated_at = call.now;
    return shown(desk, account, list);
}

Response remove_asset(Desk& desk, AccountState& account, Watchlist& list, const std::string& symbol,
                      Timestamp now) {
    const Asset* asset = desk.assets().find(symbol);
    if (asset == nullptr || std::erase(list.assets, asset->instrument) == 0) {
        return not_found(fmt::format("asset not found for {}", symbol));
    }
    list.updated_at = now;
    return shown(desk, account, list);
}

std::optional<Response> answer_one(Desk& desk, AccountState& account, Watchlist& list, const Call& call) {
    if (call.method == "GET") return shown(desk, account, list);
    if (call.method == "POST") return add_asset(desk, account, list, call);
    if (call.method == "PUT") {
        const auto body = read_json(call.body);
        if (!body || !body->is_object()) return bad_body();
        Watchlist next = list;
        if (auto refused = change(desk, account, next, *body)) return refused;
        next.updated_at = call.now;
        list = std::move(next);
        return shown(desk, account, list);
    }
    if (call.method == "DELETE") {
        std::erase_if(account.watchlists,
                      [number = list.number](const Watchlist& other) { return other.number == number; });
        return empty_answer();
    }
    return std::nullopt;
}

}  // namespace

std::optional<Response> answer_watchlists(Desk& desk, AccountState& account, const Call& call) {
    auto& lists = account.watchlists;
    if (call.path.front() == "watchlists:by_name" && call.path.size() == 1) {
        const auto list = std::ranges::find(lists, call.query.get("name"), &Watchlist::name);
        if (list == lists.end()) return not_found("watchlist not found");
        return answer_one(desk, account, *list, call);
    }
    if (call.path.front() != "watchlists") return std::nullopt;
    if (call.path.size() == 1) {
        if (call.method == "POST") return create(desk, account, call);
        if (call.method != "GET") return std::nullopt;
        std::string body;
        JsonOut out{body};
        out.begin_array();
        for (const Watchlist& list : lists) write_watchlist(out, desk, account, list, false);
        out.end_array();
        return json_answer(200, std::move(body));
    }
    const auto number = desk.ids().number(IdKind::watchlist, call.path[1]);
    const auto list = std::ranges::find(lists, number.value_or(0), &Watchlist::number);
    if (list == lists.end()) return not_found("watchlist not found");
    if (call.path.size() == 2) return answer_one(desk, account, *list, call);
    if (call.method != "DELETE" || 4 < call.path.size()) return std::nullopt;
    const std::string symbol = call.path.size() == 4 ? call.path[2] + "/" + call.path[3] : call.path[2];
    return remove_asset(desk, account, *list, symbol, call.now);
}

}  // namespace plumb::exchange::alpaca
