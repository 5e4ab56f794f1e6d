#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/loopback_clients.hpp"
#include "app/bench/node_server.hpp"
#include "app/bench/served_exchange.hpp"
#include "app/bench/stopwatches.hpp"
#include "exchange/testing/model_load.hpp"

namespace plumb::app::bench {
namespace {

constexpr std::size_t kMarkets = 400;
constexpr double kOrdersTarget = 100'000;
constexpr double kRequestsTarget = 20'000;
constexpr double kMessagesTarget = 500'000;
constexpr double kMegabytesTarget = 200;

/// Orders matched in process; the limit is copying the events they leave, and nothing else.
Figure measure_orders() {
    constexpr std::uint64_t kOrders = 300'000;
    exchange::testing::ModelLoad load{kMarkets, 1};
    load.run(100'000);
    exchange::testing::ModelLoadCounts counts;
    const double ours = median_computing_seconds(3, [&] { counts = load.run(kOrders); });
    std::vector<exchange::LevelChanged> from(1 << 16), to(1 << 16);
    const double copying = median_computing_seconds(3, [&] {
        for (std::uint64_t done = 0; done < counts.events; done += from.size()) {
            std::ranges::copy(from, to.begin());
            from.front().sequence = to.back().sequence + 1;
        }
    });
    Figure figure;
    figure.name = "exchange_orders";
    figure.ours = static_cast<double>(kOrders) / ours;
    figure.limit = static_cast<double>(kOrders) / copying;
    figure.limit_name = "copying the book changes";
    figure.unit = "orders/s";
    figure.target = kOrdersTarget;
    figure.note = fmt::format("{} markets of {} levels a side; {} trades, {} cancels, {} events in {} orders",
                              kMarkets, exchange::testing::ModelLoad::kLevels, counts.trades, counts.cancels,
                              counts.events, kOrders);
    return figure;
}

/// Answers a second that Node's own server gives for as many bytes; nothing where there is no node.
std::optional<double> node_requests(std::size_t connections, int rounds, std::string_view request,
                                    std::size_t body_bytes) {
    const auto node = NodeServer::start(body_bytes);
    if (!node) return std::nullopt;
    auto clients = LoopbackClients::connect(node->port(), connections);
    if (!clients || !clients->ask(request, 200)) return std::nullopt;
    const double computed = node->computing_seconds();
    const auto answers = clients->ask(request, rounds);
    if (!answers) return std::nullopt;
    return static_cast<double>(*answers) / (node->computing_seconds() - computed);
}

Result<Figure> measure_requests() {
    constexpr int kRounds = 2'000;
    constexpr std::size_t kConnections = 32;
    const auto exchange = ServedExchange::start("kraken-futures", 29);
    if (!exchange) return fail(exchange.error());
    auto clients = LoopbackClients::connect((*exchange)->port(), kConnections);
    if (!clients) return fail(clients.error());
    constexpr std::string_view kRequest =
        "GET /derivatives/api/v3/tickers/PF_XBTUSD HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    if (const auto warm = clients->ask(kRequest, 200); !warm) return fail(warm.error());
    const double wall = wall_seconds(), computed = (*exchange)->computing_seconds();
    const auto answers = clients->ask(kRequest, kRounds);
    if (!answers) return fail(answers.error());
    const double server = (*exchange)->computing_seconds() - computed;
    Figure figure;
    figure.name = "exchange_requests";
    figure.ours = static_cast<double>(*answers) / server;
    figure.peer = node_requests(kConnections, kRounds, kRequest, clients->last_body_bytes());
    figure.peer_name = "Node's http server, the same bytes and no work";
    figure.unit = "requests/s";
    figure.target = kRequestsTarget;
    figure.target_is_ratio = false;
    figure.note = fmt::format(
        "a contract's ticker of Kraken Futures over {} connections, kernel's time included, as if one core "
        "did all of "
        "it; {:.0f} a second on the wall with the client beside it",
        kConnections, static_cast<double>(*answers) / (wall_seconds() - wall));
    return figure;
}

Result<Figure> measure_fan_out() {
    constexpr std::size_t kClients = 64;
    constexpr int kBatches = 400, kChanges = 16;
    const auto exchange = ServedExchange::start("kraken-futures", 29);
    if (!exchange) return fail(exchange.error());
    auto clients = LoopbackClients::connect((*exchange)->port(), kClients);
    if (!clients) return fail(clients.error());
    if (Status done =
            clients->upgrade("/ws/v1", R"({"event":"subscribe","feed":"book","product_ids":["PF_XBTUSD"]})");
        !done)
        return fail(done.error());
    clients->begin_reading();
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    const std::uint64_t before = clients->frames_read(), bytes = clients->bytes_read();
    const double computed = (*exchange)->computing_seconds();
    for (int batch = 0; batch < kBatches; ++batch) {
        (*exchange)->call([&](exchange::Host& host, Timestamp now) {
            exchange::VenueModel& model = host.model();
            exchange::OrderSpec order;
            order.instrument = *model.find_market("BTC/USD");
            order.type = OrderType::limit;
            const exchange::MarketSpec& market = model.market(order.instrument);
            order.limit =
                Price{(model.quote(order.instrument).bid.value * Decimal::from_units(Decimal::kOne / 2))
                          .quantized(market.instrument.tick.value, Rounding::down)};
            order.quantity = Quantity{market.instrument.lot.value * Decimal{1000}};
            for (int i = 0; i < kChanges / 2; ++i) {
                const auto number = model.submit(order, now);
                if (number) (void)model.cancel(order.account, *number, now);
            }
        });
    }
    constexpr std::uint64_t kExpected = std::uint64_t{kClients} * kBatches * kChanges;
    for (int wait = 0; wait < 200 && clients->frames_read() - before < kExpected; ++wait)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    const double server = (*exchange)->computing_seconds() - computed;
    const std::uint64_t frames = clients->frames_read() - before;
    clients->stop_reading();
    if (frames < kExpected)
        return fail(Errc::truncated, fmt::format("expected {} frames, {} came", kExpected, frames));
    Figure figure;
    figure.name = "exchange_fan_out";
    figure.ours = static_cast<double>(frames) / server;
    figure.unit = "messages/s";
    figure.target = kMessagesTarget;
    figure.note = fmt::format(
        "changes of one book of Kraken Futures to {} streams, {} bytes each, kernel's time included",
        kClients, (clients->bytes_read() - bytes) / frames);
    return figure;
}

/// A whole process with 400 names, on its own for a few seconds.
Result<Figure> measure_memory_of_400() {
    const auto program = own_program();
    if (!program) return fail(program.error());
    const auto folder = ScratchFolder::make();
    if (!folder) return fail(folder.error());
    const auto child = run_child({*program, "exchange", "--workspace", folder->path().string(), "--venue",
                                  "binance", "--names", "400", "--port", "0", "--duration", "0.15"});
    if (!child) return fail(child.error());
    if (child->status != 0)
        return fail(Errc::io, fmt::format("plumb exchange ended with status {}", child->status));
    Figure figure;
    figure.name = "exchange_memory_400";
    figure.ours = child->resident_peak_bytes / 1e6;
    figure.unit = "MB";
    figure.target = kMegabytesTarget;
    figure.better = Better::less;
    figure.note = fmt::format("peak of the process after 9 s; {:.0f} % of one core, start-up included",
                              100 * child->computing_seconds / child->seconds);
    return figure;
}

}  // namespace

Result<std::vector<Figure>> measure_exchange() {
    const auto memory = measure_memory_of_400();  // first: a child's peak is never below this process's own
    if (!memory) return fail(memory.error());
    const auto requests = measure_requests();
    if (!requests) return fail(requests.error());
    const auto fan_out = measure_fan_out();
    if (!fan_out) return fail(fan_out.error());
    return std::vector<Figure>{*memory, measure_orders(), *requests, *fan_out};
}

}  // namespace plumb::app::bench
