#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "app/commands.hpp"
#include "app/workspace.hpp"
#include "store/record_reader.hpp"
#include "store/trading_record.hpp"

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

/// One look at a workspace: all of one moment.
struct Look {
    std::optional<pid_t> process;
    store::RecordMeta meta;
    store::RecordProgress progress;
    std::optional<EquityPoint> equity;
    std::vector<RecordedPair> pairs;
    std::vector<store::LegPosition> positions;
    std::vector<RecordedOrder> open_orders;
    std::vector<store::RoundTrip> round_trips;
};

/// Puts what was read in its place, or passes the error on.
template <class Value>
Status take(Result<Value> read, Value& place) {
    if (!read) return fail(read.error());
    place = std::move(*read);
    return {};
}

Result<Look> look_at(const Workspace& workspace, store::RecordReader& record) {
    Look look;
    look.process = workspace.running();
    std::vector<EquityPoint> equity;
    for (const Status& step :
         {take(record.meta(), look.meta), take(record.progress(), look.progress),
          take(record.equity(1), equity), take(record.pairs(), look.pairs),
          take(record.positions(), look.positions), take(record.open_orders(), look.open_orders),
          take(record.round_trips(), look.round_trips)}) {
        if (!step) return fail(step.error());
    }
    if (!equity.empty()) look.equity = equity.back();
    return look;
}

Money realized(const std::vector<store::RoundTrip>& trips) {
    Money sum;
    for (const store::RoundTrip& trip : trips) sum += trip.realized;
    return sum;
}

Timestamp cursor_time(const Look& look) { return look.progress.cursor.at; }

Json equity_json(const EquityPoint& point) {
    return {{"at", to_iso(point.at)},
            {"cash", point.cash.to_string()},
            {"equity", point.equity.to_string()},
            {"realized", point.realized.to_string()},
            {"unrealized", point.unrealized.to_string()},
            {"fees", point.fees.to_string()},
            {"gross", point.gross.to_string()}};
}

Json pair_json(const RecordedPair& pair) {
    return {{"pair", pair.pair},
            {"legs", pair.legs},
            {"phase", to_string(pair.status.phase)},
            {"side", to_string(pair.status.side)},
            {"held", {pair.status.held[0].to_string(), pair.status.held[1].to_string()}},
            {"realized", pair.status.realized.to_string()},
            {"fees", pair.status.fees.to_string()}};
}

Json look_json(const Look& look) {
    const SessionHeader& header = look.meta.header;
    Json line{{"running", look.process.has_value()}};
    line["process"] = look.process ? Json(*look.process) : Json(nullptr);
    line["mode"] = header.mode;
    line["venue"] = header.venue;
    line["data_source"] = header.data_source;
    line["capital"] = header.capital.to_string();
    line["started_at"] = to_iso(header.started_at);
    line["starts"] = look.meta.epoch;
    line["cursor"] = to_iso(cursor_time(look));
    line["equity"] = look.equity ? equity_json(*look.equity) : Json(nullptr);
    line["pairs"] = Json::array();
    for (const RecordedPair& pair : look.pairs) line["pairs"].push_back(pair_json(pair));
    line["positions"] = Json::array();
    for (const store::LegPosition& leg : look.positions) {
        line["positions"].push_back({{"pair", leg.pair},
                                     {"instrument", leg.instrument},
                                     {"quantity", leg.quantity.to_string()},
                                     {"paid", leg.paid.to_string()},
                                     {"fees", leg.fees.to_string()}});
    }
    line["open_orders"] = Json::array();
    for (const RecordedOrder& order : look.open_orders) {
        line["open_orders"].push_back({{"id", order.request.id.to_string()},
                                       {"instrument", order.instrument},
                                       {"side", to_string(order.request.side)},
                                       {"state", to_string(order.state)},
                                       {"quantity", order.request.quantity.to_string()}});
    }
    line["round_trips"] = look.round_trips.size();
    line["round_trips_realized"] = realized(look.round_trips).to_string();
    return line;
}

void print_text(const Look& look, std::ostream& out) {
    const SessionHeader& header = look.meta.header;
    const std::string running =
        look.process ? fmt::format("running (process {})", *look.process) : "not running";
    out << fmt::format("session     {}, {} on {}, prices from {}\n", running, header.mode, header.venue,
                       header.data_source);
    out << fmt::format("started     {} UTC, start {}; accounted for until {} UTC\n",
                       to_text(header.started_at), look.meta.epoch, to_text(cursor_time(look)));
    if (look.equity) {
        const EquityPoint& point = *look.equity;
        out << fmt::format(
            "equity      {}   cash {}   realized {}   unrealized {}   fees {}   (started with {})\n",
            point.equity.to_string(), point.cash.to_string(), point.realized.to_string(),
            point.unrealized.to_string(), point.fees.to_string(), header.capital.to_string());
    } else {
        out << fmt::format("equity      none recorded yet   (started with {})\n", header.capital.to_string());
    }
    out << fmt::format("round trips {}, realized {}\n", look.round_trips.size(),
                       realized(look.round_trips).to_string());
    if (!look.pairs.empty())
        out << fmt::format("\n{:<24} {:<10} {:<14} {:>20} {:>20} {:>16}\n", "pair", "phase", "side", "held A",
                           "held B", "realized");
    for (const RecordedPair& pair : look.pairs) {
        out << fmt::format("{:<24} {:<10} {:<14} {:>20} {:>20} {:>16}\n", one_line(pair.pair),
                           to_string(pair.status.phase), to_string(pair.status.side),
                           pair.status.held[0].to_string(), pair.status.held[1].to_string(),
                           pair.status.realized.to_string());
    }
    if (!look.positions.empty())
        out << fmt::format("\n{:<24} {:<16} {:>20} {:>20} {:>16}\n", "position of", "instrument", "quantity",
                           "paid", "fees");
    for (const store::LegPosition& leg : look.positions) {
        out << fmt::format("{:<24} {:<16} {:>20} {:>20} {:>16}\n",
                           leg.pair.empty() ? "no pair" : one_line(leg.pair), one_line(leg.instrument),
                           leg.quantity.to_string(), leg.paid.to_string(), leg.fees.to_string());
    }
    if (!look.open_orders.empty())
        out << fmt::format("\n{:<28} {:<16} {:<6} {:<18} {:>20}\n", "open order", "instrument", "side",
                           "state", "quantity");
    for (const RecordedOrder& order : look.open_orders) {
        out << fmt::format("{:<28} {:<16} {:<6} {:<18} {:>20}\n", order.request.id.to_string(),
                           one_line(order.instrument), to_string(order.request.side), to_string(order.state),
                           order.request.quantity.to_string());
    }
}

Result<ExitStatus> nothing_recorded(const Settings& settings, const Workspace& workspace,
                                    const Streams& streams) {
    const std::optional<pid_t> process = workspace.running();
    if (settings.flag("json")) {
        streams.out << Json{{"running", process.has_value()},
                            {"process", process ? Json(*process) : Json(nullptr)}}
                           .dump()
                    << '\n';
    } else {
        streams.out << fmt::format("session     {}; nothing is recorded in {}\n",
                                   process ? fmt::format("running (process {})", *process) : "not running",
                                   one_line(workspace.root().string()));
    }
    return process ? ExitStatus::done : ExitStatus::answer_is_no;
}

}  // namespace

/// `plumb status`: what runs in a workspace, what it holds and what it earned, read beside a running session
/// without disturbing it. Status 1 where nothing runs and nothing was recorded.
Result<ExitStatus> run_status(const Settings& settings, const Streams& streams) {
    constexpr std::chrono::seconds kRedraw{1};
    const Workspace workspace{settings};
    const bool watch = settings.flag("watch");
    Result<store::RecordReader> record =
        store::RecordReader::open(store::trading_record_path(workspace.root()));
    if (!record && record.error().code() == Errc::not_found)
        return nothing_recorded(settings, workspace, streams);
    if (!record) return fail(record.error());
    for (;;) {
        const Result<Look> look = look_at(workspace, *record);
        if (!look) return fail(look.error());
        if (settings.flag("json")) {
            streams.out << look_json(*look).dump() << '\n';
        } else {
            if (watch) streams.out << "\x1b[H\x1b[2J";  // home, clear
            print_text(*look, streams.out);
        }
        streams.out.flush();
        if (!watch || !streams.out) return ExitStatus::done;
        std::this_thread::sleep_for(kRedraw);
        if (Status moved = record->refresh(); !moved) return fail(moved.error());
    }
}

}  // namespace plumb::app
