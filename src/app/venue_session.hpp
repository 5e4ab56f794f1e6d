#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "core/instrument.hpp"
#include "live/rest_client.hpp"
#include "wire/capabilities.hpp"
#include "wire/venue.hpp"

namespace plumb::io {
class HttpClient;
class Reactor;
class TlsContext;
}  // namespace plumb::io

namespace plumb::app {

/// One of the venues that settings can name.
bool is_venue(std::string_view name);

/// What a command needs of a venue's key.
enum class KeyNeed : unsigned char {
    as_venue_wants,  // public data: only where the venue gives none without
    required,
};

/// A venue's words, with the settings' key, addresses and plan.
struct OpenedVenue {
    std::unique_ptr<wire::Venue> venue;
    std::string key_from;  // where the key came from, for messages
    bool has_key = false;
};

/// Nothing is sent. `instruments` outlives the venue. Errc::unsupported for a venue of a later version;
/// Errc::invalid_argument for a key that is missing, in halves, or not of the venue's form, and for an
/// address that is none.
Result<OpenedVenue> open_venue(const Settings& settings, std::string_view name, KeyNeed need,
                               InstrumentTable& instruments);

/// A venue, opened for one command: its words, a client to ask it with, and the settings' key and addresses.
/// Everything happens on the calling thread, which pumps the reactor while it waits. Every refusal becomes an
/// error of one line that says what to do, without any key in it.
class VenueSession {
 public:
    /// Nothing is sent yet. Errors of open_venue and of ca-file.
    static Result<std::unique_ptr<VenueSession>> open(const Settings& settings, std::string_view name,
                                                      KeyNeed need);
    ~VenueSession();
    VenueSession(const VenueSession&) = delete;
    VenueSession& operator=(const VenueSession&) = delete;

    const wire::Capabilities& can() const;
    const std::string& name() const { return name_; }
    bool has_key() const { return has_key_; }
    const std::string& key_from() const { return key_from_; }
    /// How long one answer may take, repeats included.
    Duration answer_max() const;
    wire::Venue& venue() { return *venue_; }
    live::RestClient& rest();
    io::Reactor& reactor();
    io::HttpClient& http();
    const io::TlsContext& tls() const;
    InstrumentTable& instruments() { return instruments_; }
    Timestamp now() const;

    /// Errors: Errc::invalid_argument for a key that was refused, Errc::network while the venue cannot be
    /// reached or gives no usable answer, Errc::stale for a clock that is off, Errc::rejected and
    /// Errc::not_found for what it refused.
    Result<live::RestAnswer> ask(wire::Question question);
    Result<live::RestAnswer> ask_all_pages(wire::Question question);
    Error error_of(const live::RestAnswer& answer) const;

    /// The venue's clock minus ours; zero where it has none to ask. Asked once.
    Result<Duration> clock_offset();

    /// All the venue lists, asked once.
    Result<std::vector<wire::Listing>> listings();
    /// The instrument in our table and the venue's map, added where it is new: with the venue's symbol and
    /// grid where `listing` says them, else spelt by the venue's rule with a grid of eight decimals.
    Result<InstrumentId> add(const SymbolName& name, const wire::Listing* listing = nullptr);

 private:
    struct Wires;
    VenueSession();

    std::string name_, key_from_;
    bool has_key_ = false;
    Duration patience_{};
    InstrumentTable instruments_;
    std::unique_ptr<wire::Venue> venue_;
    std::unique_ptr<Wires> wires_;
    std::optional<Duration> clock_offset_;
    std::optional<std::vector<wire::Listing>> listings_;
};

/// The instrument that a listing describes, with its grid.
Instrument instrument_from(const SymbolName& name, const wire::Listing& listing);

/// The quote that a bare name gets at a venue: quote-currency where it is set, else the venue's usual one.
std::string quote_of(const Settings& settings, std::string_view venue);

}  // namespace plumb::app
