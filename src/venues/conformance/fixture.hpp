#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/instrument.hpp"
#include "wire/question.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::conformance {

/// An instrument that the fixture's server trades. The suite adds these to a table in this order, so the
/// place in the list is the InstrumentId.
struct ServedInstrument {
    Instrument instrument;  // base, quote, tick, lot, quantity_min, notional_min as the server lists them
    std::string symbol;     // the venue's spelling
    bool is_derivative = false;
};

/// One order as the server's books have it.
struct TrueOrder {
    InstrumentId instrument;
    std::string client;  // ClientOrderId::to_string(), or a stranger's
    std::string venue;   // of Fixture::order_id()
    Side side = Side::buy;
    OrderType type = OrderType::limit;
    TimeInForce time_in_force = TimeInForce::good_till_canceled;
    OrderState state = OrderState::working;
    Quantity quantity;
    Quantity filled;  // in sum until now
    Price limit, stop, average;
    std::string reason;    // of a rejection or cancellation; may be empty
    std::string replaces;  // venue id of the order this one took the place of
    Timestamp created_at, updated_at;
};

struct TrueFill {
    InstrumentId instrument;
    std::string execution;  // of Fixture::execution_id()
    std::string client, venue;
    Side side = Side::buy;
    Price price;
    Quantity quantity;
    Decimal fee;
    std::string fee_asset;  // of Fixture::fee_asset()
    bool maker = false;
    Timestamp at;
};

/// All that the server knows, in our units: what its words must say. Lists are oldest first.
struct Truth {
    Timestamp now;  // the server's clock
    std::vector<TrueOrder> orders;
    std::vector<TrueFill> fills;
    std::vector<wire::VenuePosition> positions;  // `symbol` may be empty: the fixture spells it
    std::vector<wire::Balance> balances;
    std::vector<ClosedBar> bars;
    std::vector<Trade> trades;
    std::vector<Quote> quotes;
    bool may_withdraw = false;  // the right of the key, where the venue tells
};

/// What goes wrong with one HTTP question. Answers of 5xx and of unreadable bodies are the suite's own, since
/// no document says what is in them.
enum class Happening : unsigned char {
    nothing,       // the answer follows from the truth
    refused,       // the order is refused for good: funds. The suite did not add it to the truth
    duplicate,     // the client id is taken
    rate_limited,  // with the venue's headers for a wait of kRateLimitWait from truth.now, where it says one
    wrong_key,
    clock_off,    // the time stamp is outside the venue's window
    maintenance,  // for certain not executed
};
inline constexpr Duration kRateLimitWait = std::chrono::seconds{7};

/// The server's end of one WebSocket connection: sequence numbers live here. Frames are as they would come
/// over the wire, in order.
class StreamPeer {
 public:
    virtual ~StreamPeer() = default;

    /// What the server sends by itself when a connection opens; often nothing.
    virtual std::vector<std::string> opened() { return {}; }
    /// What the server answers a frame of the client: authentication, subscription, unsubscription, ping.
    /// With a `mood` other than none it refuses for that reason; nothing where the venue knows no such
    /// refusal.
    virtual std::vector<std::string> answer(std::string_view client_frame, wire::Refusal mood,
                                            Timestamp now) = 0;

    // Data: empty where the venue's stream has no such thing.
    virtual std::vector<std::string> trade(const Trade&) { return {}; }
    virtual std::vector<std::string> quote(const Quote&) { return {}; }
    /// The bar has just closed; venues that only send open bars also send what proves the close.
    virtual std::vector<std::string> bar(const ClosedBar&, Timestamp /*now*/) { return {}; }
    virtual std::vector<std::string> mark_price(const MarkPrice&) { return {}; }
    /// Private streams: `order` as it stands now, and the fill that this is about (null: new, canceled,
    /// rejected, replaced). Several frames where the venue tells fills apart from orders.
    virtual std::vector<std::string> order(const TrueOrder& /*order*/, const TrueFill* /*fill*/,
                                           Timestamp /*now*/) {
        return {};
    }
};

/// A venue's server in its own words, handwritten from its documents. Tests only; each venue has its own in
/// src/venues/<name>/testing, room venues/<name>/testing, and offers `std::unique_ptr<Fixture>
/// make_fixture()` in namespace venues::<name> (Binance: make_spot_fixture, make_futures_fixture).
class Fixture {
 public:
    virtual ~Fixture() = default;

    /// At least two.
    virtual const std::vector<ServedInstrument>& instruments() const = 0;
    /// A new venue with a test key of the right form, made by the venue's own make_venue().
    virtual std::unique_ptr<wire::Venue> make_venue(InstrumentTable& instruments) const = 0;
    /// As make_venue, without a key.
    virtual std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& instruments) const = 0;

    /// The n-th name of an order or fill in the venue's own form (a number, a UUID).
    virtual std::string order_id(unsigned /*n*/) const { return {}; }
    virtual std::string execution_id(unsigned /*n*/) const { return {}; }
    /// The same where the name of a fill depends on what was traded: Binance's trade ids are unique per
    /// symbol only, and both sides of one trade share them.
    virtual std::string execution_id_of(unsigned n, InstrumentId /*instrument*/, Side /*side*/) const {
        return execution_id(n);
    }
    /// The asset that this venue takes its fee for such a fill in.
    virtual std::string fee_asset(InstrumentId /*instrument*/, Side /*side*/) const { return {}; }
    /// Rows that fill one page of fills; the suite asks with one more. Zero: the venue has no pages here.
    virtual std::size_t fills_per_page() const { return 0; }
    /// Whether a key of this venue can carry the right to withdraw at all.
    virtual bool keys_may_withdraw() const { return true; }
    /// A length of bar that history can be asked for.
    virtual Duration bar_length() const { return std::chrono::hours{1}; }

    /// The server's answer to a question, given what it knows. AskPlace, AskCancel and AskReplace: the truth
    /// stands as it is after the deed, and holds the order asked about. AskOrder and lists: from the truth,
    /// "not found" included. AskListings: instruments(). Pages as the venue makes them. Nothing where the
    /// venue cannot say this.
    virtual std::optional<io::HttpResponse> http(const wire::Question& question, Happening happening,
                                                 const Truth& truth) const = 0;

    /// Null where the venue has no such stream.
    virtual std::unique_ptr<StreamPeer> market_peer() const { return nullptr; }
    virtual std::unique_ptr<StreamPeer> private_peer() const { return nullptr; }
};

}  // namespace plumb::venues::conformance
