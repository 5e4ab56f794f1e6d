#include "live/rest_client.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.hpp"
#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "wire/paging.hpp"
#include "wire/rate_budget.hpp"

namespace plumb::live {
namespace {

/// Keeps what an answer says, and the levels that its books only borrow.
class Keeper final : public wire::WireSink {
 public:
    explicit Keeper(RestAnswer& answer) : answer_{answer} {}

    void take(const wire::WireEvent& event) override {
        answer_.events.push_back(event);
        auto* book = std::get_if<BookDelta>(&answer_.events.back());
        if (book == nullptr) return;
        book->bids = keep(book->bids);
        book->asks = keep(book->asks);
    }

 private:
    std::span<const BookLevel> keep(std::span<const BookLevel> levels) {
        auto own = std::make_unique<BookLevel[]>(levels.size());
        std::ranges::copy(levels, own.get());
        answer_.book_levels.push_back(std::move(own));
        return {answer_.book_levels.back().get(), levels.size()};
    }

    RestAnswer& answer_;
};

io::HttpDeadlines deadlines_of(const wire::Question& question) {
    io::HttpDeadlines deadlines;
    if (wire::changes_something(question)) deadlines.queue = std::chrono::seconds{1};
    return deadlines;
}

constexpr int kTeapot = 418;  // Binance: the address is banned
constexpr Duration kPenaltyUnsaid = std::chrono::seconds{2};

}  // namespace

class RestClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
    Impl(io::Reactor& reactor, io::HttpClient& http, wire::Venue& venue, wire::RepeatOptions options)
        : reactor_{reactor},
          http_{http},
          venue_{venue},
          options_{options},
          budget_{venue.rate_limits(), reactor.now()} {}

    void ask(wire::Question question, Done done, std::function<bool()> still_wanted) {
        const std::uint64_t number = ++last_number_;
        const bool changes = wire::changes_something(question);
        Open open{.answer = {},
                  .done = std::move(done),
                  .still_wanted = std::move(still_wanted),
                  .policy = {changes, options_, reactor_.now(), number}};
        open.answer.question = std::move(question);
        open.answer.reply.verdict = wire::Verdict::unavailable;
        open_.emplace(number, std::move(open));
        at(reactor_.now(), number);
    }

    void measure_clock(std::function<void(std::optional<Duration>)> done) {
        ask(wire::AskClock{}, [done = std::move(done)](const RestAnswer& answer) { done(offset_of(answer)); },
            {});
    }

    void stop() {
        for (auto& [number, open] : open_) reactor_.cancel(open.timer);
        open_.clear();
    }

    io::Reactor& reactor_;
    io::HttpClient& http_;
    wire::Venue& venue_;
    std::function<Duration()> offset_hook_;
    std::function<void(const RestAnswer&, Timestamp)> clock_listener_;
    std::size_t open_count() const { return open_.size(); }

 private:
    struct Open {
        RestAnswer answer;
        Done done;
        std::function<bool()> still_wanted;
        wire::RepeatPolicy policy;
        io::TimerId timer{};
    };

    static std::optional<Duration> offset_of(const RestAnswer& answer) {
        for (const wire::WireEvent& event : answer.events) {
            if (const auto* clock = std::get_if<wire::ServerClock>(&event))
                return clock->venue_time - (answer.sent_at + (answer.received_at - answer.sent_at) / 2);
        }
        return std::nullopt;
    }

    Duration offset() const { return offset_hook_ ? offset_hook_() : own_offset_; }

    void at(Timestamp due, std::uint64_t number) {
        const auto found = open_.find(number);
        if (found == open_.end()) return;
        const Duration delay = std::max<Duration>(due - reactor_.now(), Duration{});
        found->second.timer = reactor_.after(delay, [weak = weak_from_this(), number] {
            if (const auto self = weak.lock()) self->begin(number);
        });
    }

    void finish(std::uint64_t number) {
        const auto found = open_.find(number);
        Open open = std::move(found->second);
        open_.erase(found);
        open.done(std::move(open.answer));
    }

    void give_up(std::uint64_t number, wire::Verdict verdict, std::string words,
                 std::optional<Errc> not_asked) {
        RestAnswer& answer = open_.at(number).answer;
        answer.reply.verdict = verdict;
        answer.reply.words = std::move(words);
        answer.not_asked = not_asked;
        finish(number);
    }

    /// One attempt: words, budget, bytes. Called by a timer, never by a caller's call.
    void begin(std::uint64_t number) {
        const auto found = open_.find(number);
        if (found == open_.end()) return;
        Open& open = found->second;
        const Timestamp now = reactor_.now();
        Result<wire::WireRequest> request = venue_.ask(open.answer.question, now + offset());
        if (!request) {
            // A key that is missing and an order that a rule forbids are both denied; only orders have rules.
            const bool refused = request.error().code() != Errc::denied ||
                                 std::holds_alternative<wire::AskPlace>(open.answer.question) ||
                                 std::holds_alternative<wire::AskReplace>(open.answer.question);
            give_up(number, refused ? wire::Verdict::refused : wire::Verdict::unauthorized,
                    request.error().message(), request.error().code());
            return;
        }
        const wire::RequestCost cost{request->bucket, request->weight, request->uses_reserve};
        const Timestamp due = budget_.when(cost, now);
        if (now < due) {
            if (open.policy.begin_until() < due) {
                open.answer.reply.retry_at = due;
                give_up(number, wire::Verdict::rate_limited, "our own budget of requests is used up",
                        std::nullopt);
            } else {
                at(due, number);
            }
            return;
        }
        if (open.still_wanted && !open.still_wanted()) {
            give_up(number, wire::Verdict::unavailable, "no longer wanted", std::nullopt);
            return;
        }
        PLUMB_CHECK(budget_.take(cost, now));
        const io::Endpoint endpoint = venue_.endpoint(request->host);
        io::HttpRequest http = request->http;
        http_.send(endpoint, std::move(http), deadlines_of(open.answer.question),
                   [weak = weak_from_this(), number, sent = std::move(*request)](io::HttpOutcome outcome) {
                       if (const auto self = weak.lock()) self->take(number, sent, std::move(outcome));
                   });
    }

    void take(std::uint64_t number, const wire::WireRequest& request, io::HttpOutcome outcome) {
        const auto found = open_.find(number);
        if (found == open_.end()) return;
        Open& open = found->second;
        RestAnswer& answer = open.answer;
        answer.events.clear();
        answer.book_levels.clear();
        answer.may_have_arrived |= outcome.may_have_arrived;
        answer.sent_at = outcome.sent_at;
        answer.received_at = outcome.received_at;
        if (outcome.response) {
            read(answer, request, *outcome.response);
        } else {
            answer.reply = {};
            answer.reply.verdict =
                outcome.may_have_arrived ? wire::Verdict::unknown : wire::Verdict::unavailable;
            answer.reply.words = outcome.response.error().message();
        }
        const std::optional<Timestamp> again =
            open.policy.again({answer.reply.verdict, answer.reply.retry_at}, reactor_.now());
        if (!again) {
            finish(number);
        } else if (answer.reply.verdict == wire::Verdict::clock) {
            measure_clock([this, number](std::optional<Duration>) { at(reactor_.now(), number); });
        } else {
            at(*again, number);
        }
    }

    void read(RestAnswer& answer, const wire::WireRequest& request, const io::HttpResponse& response) {
        Keeper keeper{answer};
        answer.reply = venue_.read(answer.question, response, answer.received_at, keeper);
        observations_.clear();
        venue_.observe(request, response, answer.received_at, observations_);
        for (const wire::RateObservation& seen : observations_) budget_.observe(seen, answer.received_at);
        if (answer.reply.verdict == wire::Verdict::rate_limited) {
            const Timestamp until = answer.reply.retry_at.value_or(answer.received_at + kPenaltyUnsaid);
            if (response.status == kTeapot)
                budget_.hold_all(until);
            else
                budget_.hold(request.bucket, until);
        }
        for (const wire::WireEvent& event : answer.events) {
            const auto* clock = std::get_if<wire::ServerClock>(&event);
            if (clock == nullptr) continue;
            own_offset_ = offset_of(answer).value_or(own_offset_);
            if (clock_listener_) clock_listener_(answer, clock->venue_time);
        }
    }

    wire::RepeatOptions options_;
    wire::RateBudget budget_;
    std::vector<wire::RateObservation> observations_;
    std::map<std::uint64_t, Open> open_;
    std::uint64_t last_number_ = 0;
    Duration own_offset_{};
};

RestClient::RestClient(io::Reactor& reactor, io::HttpClient& http, wire::Venue& venue,
                       wire::RepeatOptions options)
    : impl_{std::make_shared<Impl>(reactor, http, venue, options)} {}

RestClient::~RestClient() { impl_->stop(); }

void RestClient::ask(wire::Question question, Done done, std::function<bool()> still_wanted) {
    impl_->ask(std::move(question), std::move(done), std::move(still_wanted));
}

RestAnswer RestClient::ask_and_wait(wire::Question question, Duration at_most) {
    // Shared with the callback, which may still run after the wait is over.
    const auto given = std::make_shared<std::optional<RestAnswer>>();
    wire::Question asked = question;
    impl_->ask(std::move(question), [given](RestAnswer answer) { *given = std::move(answer); }, {});
    impl_->reactor_.run_until([&] { return given->has_value(); }, at_most);
    if (*given) return std::move(**given);
    RestAnswer late;
    late.question = std::move(asked);
    late.may_have_arrived = true;
    late.received_at = impl_->reactor_.now();
    late.reply.words = "no answer within " + to_text(at_most);
    return late;
}

void RestClient::ask_all_pages(wire::Question question, Done done) {
    struct Pages {
        RestAnswer all;
        Done done;
        int count = 0;
    };
    const auto pages = std::make_shared<Pages>();
    pages->done = std::move(done);
    pages->all.question = question;
    // Each page's callback asks for the next; the client's own callbacks hold the only references.
    const auto step = std::make_shared<std::function<void(wire::Question)>>();
    *step = [this, pages, weak_step = std::weak_ptr{step}](wire::Question page) {
        impl_->ask(std::move(page),
                   [pages, step = weak_step.lock()](RestAnswer answer) {
                       RestAnswer& all = pages->all;
                       std::ranges::move(answer.events, std::back_inserter(all.events));
                       std::ranges::move(answer.book_levels, std::back_inserter(all.book_levels));
                       all.may_have_arrived |= answer.may_have_arrived;
                       if (pages->count++ == 0) all.sent_at = answer.sent_at;
                       all.received_at = answer.received_at;
                       all.not_asked = answer.not_asked;
                       all.reply = std::move(answer.reply);
                       wire::Question next = std::move(answer.question);
                       const bool more = all.reply.verdict == wire::Verdict::ok &&
                                         !all.reply.next_page.empty() &&
                                         wire::set_page(next, all.reply.next_page);
                       if (more && pages->count < kPagesMax) {
                           (*step)(std::move(next));
                       } else {
                           if (more) all.reply.verdict = wire::Verdict::unknown;
                           if (more) all.reply.words = "the answer has more pages than we read";
                           pages->done(std::move(all));
                       }
                   },
                   {});
    };
    (*step)(std::move(question));
}

RestAnswer RestClient::ask_all_pages(wire::Question question, Duration at_most) {
    const auto given = std::make_shared<std::optional<RestAnswer>>();
    wire::Question asked = question;
    ask_all_pages(std::move(question), [given](RestAnswer answer) { *given = std::move(answer); });
    impl_->reactor_.run_until([&] { return given->has_value(); }, at_most);
    if (*given) return std::move(**given);
    RestAnswer late;
    late.question = std::move(asked);
    late.received_at = impl_->reactor_.now();
    late.reply.words = "no whole answer within " + to_text(at_most);
    return late;
}

void RestClient::set_clock_offset(std::function<Duration()> offset) {
    impl_->offset_hook_ = std::move(offset);
}
void RestClient::on_server_clock(std::function<void(const RestAnswer&, Timestamp)> listener) {
    impl_->clock_listener_ = std::move(listener);
}
void RestClient::measure_clock(std::function<void(std::optional<Duration>)> done) {
    impl_->measure_clock(std::move(done));
}
wire::Venue& RestClient::venue() { return impl_->venue_; }
std::size_t RestClient::open_questions() const { return impl_->open_count(); }

std::string trouble_of(const wire::Capabilities& venue, const RestAnswer& answer) {
    const std::string who{venue.title.empty() ? venue.name : venue.title};
    const std::string doing = who + ": " + std::string{wire::name_of(answer.question)} + ": ";
    const std::string& words = answer.reply.words;
    const std::string told = words.empty() ? std::string{} : " (" + words + ")";
    switch (answer.reply.verdict) {
        case wire::Verdict::ok: return {};
        case wire::Verdict::refused: return doing + (words.empty() ? "refused" : words);
        case wire::Verdict::not_found: return doing + "not found" + told;
        case wire::Verdict::duplicate: return doing + "this order id was used before" + told;
        case wire::Verdict::rate_limited:
            return doing + "too many requests" + told +
                   (answer.reply.retry_at ? "; not before " + to_text(*answer.reply.retry_at) + " UTC" : "");
        case wire::Verdict::unauthorized:
            if (answer.not_asked) return doing + words;
            return doing + "the key was refused" + told +
                   ": check that key and secret are whole, not expired, and made for this host (paper or "
                   "live)";
        case wire::Verdict::clock:
            return doing + "this machine's clock and the venue's differ too much" + told +
                   ": set the clock (NTP), then try again";
        case wire::Verdict::unavailable: return doing + "not available now" + told;
        case wire::Verdict::unknown:
            return doing + (wire::changes_something(answer.question)
                                ? "no usable answer" + told + ": whether it happened must be looked up"
                                : "no usable answer" + told);
    }
    return {};
}

}  // namespace plumb::live
