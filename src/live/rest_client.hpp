#pragma once

#include <functional>
#include <memory>
#include <vector>

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
    std::vector<wire::WireEvent>
        events;  // in the order of the bytes; borrowed contents (book levels) are dropped
    bool may_have_arrived =
        false;  // a byte of it may have left: for what changes something, evidence decides
    Timestamp sent_at, received_at;  // of the last attempt
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
    void ask(wire::Question question, Done done);

    /// For one-shot commands: pumps the reactor until the answer is there, or `at_most` passed (then the
    /// verdict is unknown, or unavailable when nothing left).
    RestAnswer ask_and_wait(wire::Question question, Duration at_most);
    /// All pages of a question that has pages, as one answer: the reply is the last page's, or that of the
    /// page that failed. At most kPagesMax.
    RestAnswer ask_all_pages(wire::Question question, Duration at_most);
    void ask_all_pages(wire::Question question, Done done);
    static constexpr int kPagesMax = 200;

    /// The venue's clock minus ours, asked before each request is signed. Without one, zero. The client
    /// measures it itself (measure_clock) unless told.
    void set_clock_offset(std::function<Duration()> offset);
    /// Asks the venue's clock and keeps the offset: half of the round trip is taken as the way back.
    void measure_clock(std::function<void(std::optional<Duration> offset)> done);

    /// "binance: the key was refused: ...": one line that says what to do; empty when all is well.
    static std::string trouble_of(const wire::Capabilities& venue, const RestAnswer& answer);

    wire::Venue& venue();
    std::size_t open_questions() const;

 private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with the callbacks of its requests, which look whether it lives
};

}  // namespace plumb::live
