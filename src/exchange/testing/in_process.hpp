#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exchange/protocol/protocol.hpp"
#include "exchange/testing/given_past.hpp"
#include "exchange/testing/recording_outlet.hpp"

namespace plumb::exchange::testing {

/// BTC, ETH, SOL, XRP, DOGE and AAPL, MSFT, SPY, KO, PEP in US dollars, with the ticks and lots of a large
/// venue.
std::vector<ListedName> usual_names();

struct InProcessOptions {
    std::vector<ListedName> names = usual_names();
    Decimal cash{100'000};
    std::uint64_t seed = 1;
    Timestamp start = timestamp_from_ms(1'704'207'600'000);  // Tuesday 2024-01-02 15:00 UTC
    std::string address = "127.0.0.1:8080";
    bool is_secure = false;
};

/// One venue without sockets, for the tests of its protocol: its model with the markets it would list, one
/// account with cash and its key, the past a test gives, and all that the protocol sends.
///
/// Time stands still between calls; pump() moves it. What a request did at the venue is shown to the
/// protocol right after its answer, before the call returns.
class InProcessVenue {
 public:
    explicit InProcessVenue(const VenueEntry& entry, InProcessOptions options = {});
    InProcessVenue(const InProcessVenue&) = delete;  // the protocol refers to its parts
    InProcessVenue& operator=(const InProcessVenue&) = delete;

    // --- what a client does --------------------------------------------------------------------------------
    Response request(std::string_view method, std::string_view target, std::vector<io::Header> headers = {},
                     std::string body = {});
    std::expected<StreamId, Response> open_stream(std::string_view target,
                                                  std::vector<io::Header> headers = {});
    void send(StreamId stream, std::string_view text);
    void send_binary(StreamId stream, std::string_view bytes);
    void pong(StreamId stream);
    /// The client leaves.
    void hang_up(StreamId stream);
    /// All that was sent to it, oldest first.
    const std::vector<SentFrame>& frames(StreamId stream) { return outlet.frames(stream); }
    /// As frames, and they are gone from the record.
    std::vector<SentFrame> take_frames(StreamId stream);

    // --- what the others do --------------------------------------------------------------------------------
    /// House orders on both sides: `levels` prices each, one basis point (at least a tick) apart, the first
    /// half a step from `mid`. `each`: zero is about 10 000 of the quote, in whole lots.
    void seed_book(InstrumentId instrument, Price mid, int levels, Quantity each = {});
    /// The house takes this much from the book, so that trades print and resting orders fill.
    void trade_through(InstrumentId instrument, Side side, Quantity quantity);
    /// Shows the protocol what happened, nothing else.
    void show_events();
    /// Moves the time here (never back): the model's advance, its events, the protocol's on_time.
    void pump(Timestamp now);
    void pump_for(Duration duration) { pump(now + duration); }

    /// The market of this name ("BTC/USD"); stops when the venue does not list it.
    InstrumentId market(std::string_view name) const;
    /// The first listed market of this base.
    InstrumentId market_of(std::string_view base) const;

    Timestamp now;
    VenueModel model;
    GivenPast past;
    RecordingOutlet outlet;
    AccountId account;
    ApiAccess access;
    std::unique_ptr<Protocol> protocol;

 private:
    void tell_closed();

    StreamId last_stream_ = 0;
    std::size_t closes_told_ = 0;
};

}  // namespace plumb::exchange::testing
