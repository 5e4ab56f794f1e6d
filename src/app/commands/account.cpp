#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/credentials.hpp"
#include "app/key_rights.hpp"
#include "app/setting_value.hpp"
#include "app/venue_address.hpp"
#include "app/venue_session.hpp"

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

/// Everything an account holds, by reading only.
struct AccountReport {
    wire::AccountFacts facts;
    std::vector<wire::Balance> balances;
    std::vector<wire::VenuePosition> positions;
    std::vector<wire::OrderUpdate> orders;
};

/// --venue, else the data source, else the one venue whose key is set.
Result<std::string> venue_of(const Settings& settings) {
    if (settings.has("venue")) return settings.text("venue");
    if (is_venue(settings.text("data-source"))) return settings.text("data-source");
    std::vector<std::string> with_key;
    for_each_word(kVenues, [&](std::string_view venue) {
        const bool own =
            venue != "binance-futures" || !settings.secret_at(index_of("binance-futures-api-key")).empty();
        if (own && !key_of(settings, venue).credentials.empty()) with_key.emplace_back(venue);
    });
    if (with_key.size() == 1) return with_key.front();
    std::string names;
    for (const std::string& name : with_key) names += (names.empty() ? "" : ", ") + name;
    return fail(Errc::invalid_argument, with_key.empty()
                                            ? fmt::format("expected --venue, one of {}, and its key", kVenues)
                                            : fmt::format("expected --venue: there are keys of {}", names));
}

template <class Row>
Status collect(VenueSession& session, wire::Question question, std::vector<Row>& rows) {
    const live::RestAnswer answer = session.rest().ask_all_pages(std::move(question), session.answer_max());
    if (answer.not_asked == Errc::unsupported) return {};
    if (answer.reply.verdict != wire::Verdict::ok) return fail(session.error_of(answer));
    for (const wire::WireEvent& event : answer.events) {
        if (const auto* row = std::get_if<Row>(&event)) rows.push_back(*row);
    }
    return {};
}

Result<AccountReport> read_account(VenueSession& session) {
    AccountReport report;
    auto facts = safe_rights(session);
    if (!facts) return fail(facts.error());
    report.facts = *std::move(facts);
    if (const Status got = collect(session, wire::AskBalances{}, report.balances); !got)
        return fail(got.error());
    if (const Status got = collect(session, wire::AskPositions{}, report.positions); !got)
        return fail(got.error());
    if (const Status got = collect(session, wire::AskOpenOrders{}, report.orders); !got)
        return fail(got.error());
    std::erase_if(report.balances, [](const wire::Balance& each) { return each.total.sign() == 0; });
    return report;
}

std::string name_of(const std::optional<InstrumentId>& instrument, const wire::SymbolText& symbol,
                    const InstrumentTable& instruments) {
    return instrument ? instruments[*instrument].name() : std::string{symbol.view()};
}

Json decimal_json(const std::optional<Decimal>& value) {
    return value ? Json(value->to_string()) : Json(nullptr);
}
Json truth_json(const std::optional<bool>& value) { return value ? Json(*value) : Json(nullptr); }

void print_line(std::ostream& out, const Json& line) {
    out << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

void print_json(VenueSession& session, const AccountReport& report, bool paper, std::ostream& out) {
    const wire::AccountFacts& facts = report.facts;
    print_line(out, {{"type", "account"},
                     {"venue", session.name()},
                     {"account", facts.account.view()},
                     {"currency", facts.currency.view()},
                     {"paper", paper},
                     {"trouble", facts.trouble.view()},
                     {"cash", decimal_json(facts.cash)},
                     {"buying_power", decimal_json(facts.buying_power)},
                     {"equity", decimal_json(facts.equity)},
                     {"margin_used", decimal_json(facts.margin_used)},
                     {"may_trade", truth_json(facts.may_trade)},
                     {"may_withdraw", truth_json(facts.may_withdraw)},
                     {"may_short", truth_json(facts.may_short)}});
    for (const wire::Balance& each : report.balances) {
        print_line(out, {{"type", "balance"},
                         {"asset", each.asset.view()},
                         {"total", each.total.to_string()},
                         {"available", each.available.to_string()}});
    }
    for (const wire::VenuePosition& each : report.positions) {
        print_line(out, {{"type", "position"},
                         {"instrument", name_of(each.instrument, each.symbol, session.instruments())},
                         {"quantity", each.quantity.to_string()},
                         {"entry", each.entry.to_string()},
                         {"mark", each.mark ? Json(each.mark->to_string()) : Json(nullptr)}});
    }
    for (const wire::OrderUpdate& each : report.orders) {
        print_line(out, {{"type", "order"},
                         {"instrument", name_of(each.instrument, each.symbol, session.instruments())},
                         {"client_order_id", each.client_order.view()},
                         {"venue_order_id", each.venue_order.view()},
                         {"side", to_string(each.side)},
                         {"state", to_string(each.state)},
                         {"quantity", each.quantity ? Json(each.quantity->to_string()) : Json(nullptr)},
                         {"filled", each.filled ? Json(each.filled->to_string()) : Json(nullptr)},
                         {"limit", each.limit ? Json(each.limit->to_string()) : Json(nullptr)}});
    }
}

void print_amount(std::ostream& out, std::string_view label, const std::optional<Decimal>& value,
                  std::string_view currency) {
    if (value) out << fmt::format("  {:<18} {:>20} {}\n", label, value->to_string(), currency);
}

void print_text(VenueSession& session, const AccountReport& report, bool paper, std::ostream& out) {
    const wire::AccountFacts& facts = report.facts;
    const std::string currency = one_line(facts.currency.view());
    out << fmt::format("{} account {}{}\n", session.can().title, one_line(facts.account.view()),
                       paper ? " (paper or demo servers where the venue has some)" : "");
    if (!facts.trouble.view().empty())
        out << fmt::format("  {:<18} {}\n", "TROUBLE", one_line(facts.trouble.view()));
    print_amount(out, "Cash", facts.cash, currency);
    print_amount(out, "Buying Power", facts.buying_power, currency);
    print_amount(out, "Equity", facts.equity, currency);
    print_amount(out, "Margin used", facts.margin_used, currency);
    const auto said = [](const std::optional<bool>& value) {
        return !value ? "not said" : *value ? "yes" : "no";
    };
    out << fmt::format("  {:<18} trade {}, withdraw {}, sell short {}\n", "This key may",
                       said(facts.may_trade), said(facts.may_withdraw), said(facts.may_short));
    out << fmt::format("\nBalances: {}\n", report.balances.size());
    for (const wire::Balance& each : report.balances) {
        out << fmt::format("  {:<18} {:>20}   available {}\n", one_line(each.asset.view()),
                           each.total.to_string(), each.available.to_string());
    }
    out << fmt::format("Positions: {}\n", report.positions.size());
    for (const wire::VenuePosition& each : report.positions) {
        out << fmt::format("  {:<18} {:>20}   entry {}{}\n",
                           one_line(name_of(each.instrument, each.symbol, session.instruments())),
                           each.quantity.to_string(), each.entry.to_string(),
                           each.mark ? "   mark " + each.mark->to_string() : "");
    }
    out << fmt::format("Open orders: {}\n", report.orders.size());
    for (const wire::OrderUpdate& each : report.orders) {
        out << fmt::format("  {:<18} {} {}{}   filled {}   {}   {}\n",
                           one_line(name_of(each.instrument, each.symbol, session.instruments())),
                           to_string(each.side), each.quantity ? each.quantity->to_string() : "?",
                           each.limit ? " at " + each.limit->to_string() : "",
                           each.filled ? each.filled->to_string() : "?", to_string(each.state),
                           one_line(each.client_order.view()));
    }
}

}  // namespace

/// `plumb account`: what an account at a venue holds, by reading only. A key that may withdraw money is
/// refused.
Result<ExitStatus> run_account(const Settings& settings, const Streams& streams) {
    const auto venue = venue_of(settings);
    if (!venue) return fail(venue.error());
    auto session = VenueSession::open(settings, *venue, KeyNeed::required);
    if (!session) return fail(session.error());
    if (!(*session)->can().account) {
        return fail(Errc::unsupported,
                    fmt::format("{} is a source of data: it keeps no account", (*session)->can().title));
    }
    // What stands in the account names its instruments itself.
    (*session)->venue().symbols().set_unknown(wire::SymbolMap::Unknown::learn);
    const auto report = read_account(**session);
    if (!report) return fail(report.error());
    const auto paper = on_paper_endpoint(settings, *venue);
    if (!paper) return fail(paper.error());
    if (settings.flag("json"))
        print_json(**session, *report, *paper, streams.out);
    else
        print_text(**session, *report, *paper, streams.out);
    return ExitStatus::done;
}

}  // namespace plumb::app
