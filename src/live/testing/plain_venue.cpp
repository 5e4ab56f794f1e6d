#include "live/testing/plain_venue.hpp"

#include <fmt/core.h>

#include <sstream>

#include "io/retry_after.hpp"

namespace plumb::live::testing {
namespace {

std::string spell(std::string_view base, std::string_view quote) { return fmt::format("{}-{}", base, quote); }
Result<SymbolName> split(std::string_view symbol) { return parse_symbol(symbol); }

io::HttpRequest request_of(io::Method method, std::string target, std::string body = {}) {
    return {.method = method, .target = std::move(target), .headers = {}, .body = std::move(body)};
}

/// "order CLIENT VENUE STATE QUANTITY FILLED" or "fill CLIENT VENUE EXECUTION PRICE QUANTITY MILLISECONDS".
bool read_line(const std::string& line, Timestamp received_at, wire::WireSink& sink) {
    std::istringstream words{line};
    std::string kind, client, venue;
    if (!(words >> kind >> client >> venue)) return false;
    wire::OrderUpdate update;
    update.instrument = InstrumentId{0};
    update.client_order = FixedText<64>{client};
    update.venue_order = VenueOrderId{venue};
    update.venue_time = update.received_at = received_at;
    std::string a, b, c;
    if (!(words >> a >> b >> c)) return false;
    if (kind == "order") {
        const Result<OrderState> state = parse_order_state(a);
        const Result<Quantity> quantity = Quantity::parse(b), filled = Quantity::parse(c);
        if (!state || !quantity || !filled) return false;
        update.state = *state;
        update.quantity = *quantity;
        update.filled = *filled;
    } else if (kind == "fill") {
        const Result<Price> price = Price::parse(b);
        const Result<Quantity> quantity = Quantity::parse(c);
        if (!price || !quantity) return false;
        wire::VenueFill fill;
        fill.execution = ExecutionId{a};
        fill.price = *price;
        fill.quantity = *quantity;
        fill.fee_asset = wire::AssetText{"USD"};
        fill.fee_known = true;
        update.fill = fill;
    } else {
        return false;
    }
    sink.take(update);
    return true;
}

/// The client's side of the account's stream: "welcome", then lines as in answers, one in each frame.
class PlainStreamProtocol final : public wire::StreamProtocol {
 public:
    explicit PlainStreamProtocol(io::Endpoint endpoint) : endpoint_{std::move(endpoint)} {}

    Result<wire::ConnectPlan> plan(Timestamp) override {
        return wire::ConnectPlan{endpoint_, "/account", {}, false};
    }
    void opened(Timestamp, wire::Outbox&) override {}
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override {
        if (bytes == "welcome")
            welcomed_ = true;
        else if (!read_line(std::string{bytes}, received_at, sink))
            out.close = "a frame that is no line of ours";
    }
    bool ready() const override { return welcomed_; }
    void subscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}
    void unsubscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}

 private:
    io::Endpoint endpoint_;
    bool welcomed_ = false;
};

}  // namespace

PlainVenue::PlainVenue(InstrumentTable& instruments, io::Endpoint endpoint)
    : symbols_{instruments, {&split, &spell}, wire::SymbolMap::Unknown::refuse},
      endpoint_{std::move(endpoint)} {}

const wire::Capabilities& PlainVenue::capabilities() const {
    static const wire::Capabilities kCapabilities = [] {
        wire::Capabilities can;
        can.name = "plain";
        can.title = "Plain venue";
        can.account = can.orders = true;
        can.id_class = wire::IdClass::for_ever;
        can.not_found_settles = std::chrono::seconds{2};
        return can;
    }();
    return kCapabilities;
}

std::unique_ptr<wire::StreamProtocol> PlainVenue::private_stream() {
    if (!stream_endpoint) return nullptr;
    return std::make_unique<PlainStreamProtocol>(*stream_endpoint);
}

Status PlainVenue::check(const OrderRequest& order) const {
    if (order.type == OrderType::trailing_stop) return fail(Errc::denied, "no trailing stops here");
    return {};
}

Result<wire::WireRequest> PlainVenue::ask(const wire::Question& question, Timestamp now) {
    asked_at.push_back(now);
    wire::WireRequest request;
    if (const auto* place = std::get_if<wire::AskPlace>(&question)) {
        const OrderRequest& order = place->order;
        request.http = request_of(io::Method::post, "/orders",
                                  fmt::format("{} {} {} {}", order.id.to_string(), to_string(order.side),
                                              order.quantity.to_string(), order.limit.to_string()));
        return request;
    }
    if (const auto* cancel = std::get_if<wire::AskCancel>(&question)) {
        request.http = request_of(io::Method::del, "/orders/" + cancel->order.client.to_string());
        return request;
    }
    if (const auto* order = std::get_if<wire::AskOrder>(&question)) {
        request.http = request_of(io::Method::get, "/orders/" + order->order.client.to_string());
        return request;
    }
    if (std::holds_alternative<wire::AskOpenOrders>(question)) {
        request.http = request_of(io::Method::get, "/open");
        return request;
    }
    if (const auto* fills = std::get_if<wire::AskFills>(&question)) {
        request.http = request_of(io::Method::get, fmt::format("/fills?page={}", fills->page));
        return request;
    }
    if (std::holds_alternative<wire::AskClock>(question)) {
        request.http = request_of(io::Method::get, "/clock");
        return request;
    }
    if (std::holds_alternative<wire::AskAccount>(question))
        return fail(Errc::denied, "Plain venue needs an API key");
    return fail(Errc::unsupported, "Plain venue has no such question");
}

wire::Reply PlainVenue::read(const wire::Question&, const io::HttpResponse& response, Timestamp received_at,
                             wire::WireSink& sink) {
    wire::Reply reply;
    reply.code = response.status;
    reply.words = response.body.substr(0, response.body.find('\n'));
    switch (response.status) {
        case 200: break;
        case 400: reply.verdict = wire::Verdict::refused; return reply;
        case 401: reply.verdict = wire::Verdict::unauthorized; return reply;
        case 404: reply.verdict = wire::Verdict::not_found; return reply;
        case 408: reply.verdict = wire::Verdict::clock; return reply;
        case 409: reply.verdict = wire::Verdict::duplicate; return reply;
        case 418:
        case 429:
            reply.verdict = wire::Verdict::rate_limited;
            reply.retry_at = io::retry_at(response, received_at);
            return reply;
        default: return reply;
    }
    std::istringstream lines{response.body};
    for (std::string line; std::getline(lines, line);) {
        if (line == "end") {
            reply.verdict = wire::Verdict::ok;
        } else if (line.starts_with("next ")) {
            reply.next_page = line.substr(5);
        } else if (line.starts_with("clock ")) {
            wire::ServerClock clock;
            clock.venue_time = timestamp_from_ms(std::stoll(line.substr(6)));
            clock.received_at = received_at;
            sink.take(clock);
        } else if (!read_line(line, received_at, sink)) {
            reply.verdict = wire::Verdict::unknown;
            return reply;
        }
    }
    return reply;
}

}  // namespace plumb::live::testing
