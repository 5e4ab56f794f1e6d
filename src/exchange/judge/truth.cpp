#include "exchange/judge/truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "io/file.hpp"

namespace plumb::exchange {
namespace {

using Json = nlohmann::json;

/// Takes one record's fields; remembers that one was missing or of another type.
class Fields {
 public:
    explicit Fields(const Json& json) : json_{json} {}

    std::string text(const char* key) {
        const auto found = json_.find(key);
        if (found != json_.end() && found->is_string()) return found->get<std::string>();
        ok_ = false;
        return {};
    }
    std::uint64_t number(const char* key) {
        const auto found = json_.find(key);
        if (found != json_.end() && found->is_number_unsigned()) return found->get<std::uint64_t>();
        ok_ = false;
        return 0;
    }
    std::uint64_t number_or_zero(const char* key) { return json_.contains(key) ? number(key) : 0; }
    bool flag(const char* key) {
        const auto found = json_.find(key);
        return found != json_.end() && found->is_boolean() && found->get<bool>();
    }
    Decimal amount(const char* key) {
        const Result<Decimal> value = Decimal::parse(text(key));
        if (value) return *value;
        ok_ = false;
        return {};
    }
    Timestamp time(const char* key) {
        const Result<Timestamp> value = parse_timestamp(text(key));
        if (value) return *value;
        ok_ = false;
        return {};
    }
    bool ok() const { return ok_; }

 private:
    const Json& json_;
    bool ok_ = true;
};

void read_order(Fields& fields, TruthAccount& account) {
    TruthOrder order{.number = fields.number("order"),
                     .client_id = fields.text("client_id"),
                     .instrument = fields.text("instrument"),
                     .status = fields.text("status"),
                     .filled = Quantity{fields.amount("filled")},
                     .by_hand = fields.flag("by_hand"),
                     .replaces = fields.number_or_zero("replaces"),
                     .replaced_by = fields.number_or_zero("replaced_by")};
    account.orders.insert_or_assign(order.number, std::move(order));
}

void read_fill(Fields& fields, TruthAccount& account) {
    account.fills.push_back({.execution = fields.number("execution"),
                             .trade = fields.number("trade"),
                             .order = fields.number("order"),
                             .client_id = fields.text("client_id"),
                             .instrument = fields.text("instrument"),
                             .side = fields.text("side"),
                             .price = Price{fields.amount("price")},
                             .quantity = Quantity{fields.amount("quantity")},
                             .fee = fields.amount("fee"),
                             .fee_asset = fields.text("fee_asset"),
                             .at = fields.time("at")});
}

/// False when a field that must be there is not.
bool take_record(const Json& json, Truth& truth) {
    Fields fields{json};
    const std::string record = fields.text("record");
    const std::string venue = fields.text("venue");
    auto& accounts = truth.venues[venue];
    constexpr std::array kOfAccounts{"account", "order", "fill", "balance", "position"};
    if (std::find(kOfAccounts.begin(), kOfAccounts.end(), record) == kOfAccounts.end()) return fields.ok();
    TruthAccount& account = accounts[fields.text("account")];
    account.name = fields.text("account");
    if (record == "account") account.key = fields.text("key");
    if (record == "order") read_order(fields, account);
    if (record == "fill") read_fill(fields, account);
    if (record == "position")
        account.positions[fields.text("instrument")] = Quantity{fields.amount("quantity")};
    if (record == "balance") {
        const std::string asset = fields.text("asset");
        const std::string reason = fields.text("reason");
        account.totals[asset] = fields.amount("total");
        // A reserve moves nothing: its change is of what is held.
        if (reason != "reserve" && reason != "release") account.changes[asset] += fields.amount("change");
    }
    return fields.ok();
}

}  // namespace

Result<Truth> read_truth(const std::filesystem::path& path) {
    constexpr std::size_t kBytesMax = std::size_t{4} << 30;
    const Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    Truth truth;
    std::string_view rest = *bytes;
    if (rest.empty())
        return fail(Error{Errc::truncated, "expected a truth log, found an empty file"}.at(path.string()));
    while (!rest.empty()) {
        const std::string where = fmt::format("{}:{}", path.string(), ++truth.lines);
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            return fail(
                Error{Errc::truncated, "the file ends inside a line: the exchange did not finish it"}.at(
                    where));
        const Json json = Json::parse(rest.substr(0, end), nullptr, false);
        rest.remove_prefix(end + 1);
        if (!json.is_object()) return fail(Error{Errc::parse, "expected a record of a truth log"}.at(where));
        const auto sequence = json.find("sequence");
        if (sequence == json.end() || !sequence->is_number_unsigned())
            return fail(Error{Errc::parse, "expected a record of a truth log with its sequence"}.at(where));
        if (sequence->get<std::uint64_t>() != truth.lines) {
            return fail(Error{Errc::corrupt, fmt::format("expected the line with sequence {}, found {}",
                                                         truth.lines, sequence->get<std::uint64_t>())}
                            .at(where));
        }
        if (!take_record(json, truth))
            return fail(Error{Errc::parse, "a field of this record is missing or of another type"}.at(where));
    }
    return truth;
}

}  // namespace plumb::exchange
