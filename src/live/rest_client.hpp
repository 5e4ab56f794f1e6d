#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/question.hpp"
#include "wire/repeat_policy.hpp"
#include "wire/venue.hpp"

namespace plumb::io {
class HttpClient;
class Reactor;
}  // namespace plumb::io

namespace plumb::live {

/// One question and all that came of it.
struct RestAnswer {
    wire::Question question;
    wire::Reply reply;
    std::vector<wire::WireEvent> events;  // in the order of the bytes
    /// A byte of it may have left: for what changes something, evidence decides.
    bool may_have_arrived = false;
    Timestamp sent_at, received_at;  // of the last attempt, by our clock
    std::optional<Errc> not_asked;   // why the venue's words for it could not be made, such as unsupported
    std::vector<std::unique_ptr<BookLevel[]>> book_levels;  // what book events borrow from
};

/// Asks a venue by REST, within its request budgets. What changes nothing is asked again while the network or
/// the venue's rate limit stand in the way, with back-off until the deadline; what changes something goes out
/// once (E31). Lives on the reactor thread. Callbacks of questions still open when it dies are never called.
class RestClient {
 public:
    using Done = std::function<void(RestAnswer)>;

    /// All three outlive the client.
    RestClient(io::Reactor& reactor, io::HttpClient& http, wire::Venue& venue,
               wire::RepeatOptions options = {});
    ~RestClient();
    RestClient(const RestClient&) = delete;
    RestClient& operator=(const RestClient&) = delete;

    /// `done` is called once, never from inside ask(). What could not be asked at all answers too: refused
    /// with the venue's reason where it has no such question or a rule forbids the order, unauthorized where
    /// the key is missing.
    ///
    /// `still_wanted` is asked right before the bytes leave; when it says no nothing is sent, and the verdict
    /// is unavailable (E04: evidence may come while a request waits for its budget).
    void ask(wire::Question question, Done done, std::function<bool()> still_wanted = {});

    /// For one-shot commands: pumps the reactor until the answer is there, or `at_most` passed (then the
    /// verdict is unknown, or unavailable when nothing left).
    RestAnswer ask_and_wait(wire::Question question, Duration at_most);
    /// All pages of a question that has pages, as one answer: the reply is the last page's, or that of the
    /// page that failed. At most kPagesMax.
    RestAnswer ask_all_pages(wire::Question question, Duration at_most);
    void ask_all_pages(wire::Question question, Done done);
    static constexpr int kPagesMax = 200;

    /// The venue's clock minus ours, asked before each request is signed. Without this hook the client takes
    /// what it measured itself: whenever the venue refuses a time stamp, and by measure_clock().
    void set_clock_offset(std::function<Duration()> offset);
    /// Told of each reading of the venue's clock, with the times of its question and answer by ours.
    void on_server_clock(std::function<void(const RestAnswer&, Timestamp venue_time)> listener);
    /// Asks the venue's clock; half of the round trip is taken as the way back. Nothing where it cannot be
    /// had.
    void measure_clock(std::function<void(std::optional<Duration> offset)> done);

    wire::Venue& venue();
    std::size_t open_questions() const;

 private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with the callbacks of its requests, which look whether it lives
};

/// "Binance spot: the key was refused (...): check ...": one line that says what to do; empty when all is
/// well. No secrets.
std::string trouble_of(const wire::Capabilities& venue, const RestAnswer& answer);

}  // namespace plumb::live
