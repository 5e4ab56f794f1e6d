#pragma once

#include <string_view>
#include <vector>

#include "venues/kraken/listings.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::kraken {

/// What reading an answer needs to know.
struct ReadContext {
    wire::SymbolMap& symbols;
    Listings& listings;
    wire::PriceSource history = wire::PriceSource::last;
};

/// As Venue::read: a body that is not what the documents promise is Verdict::unknown, and then no event
/// leaves.
wire::Reply read_answer(const wire::Question& question, const io::HttpResponse& response,
                        Timestamp received_at, ReadContext& context, wire::WireSink& sink);

// The parts of it.

/// What surrounds every answer of the derivatives API.
struct Envelope {
    bool success = false;  // "result":"success", or an answer of a part of the API that has no result
    bool error = false;
    std::string_view name;  // "apiLimitExceeded"
    std::int64_t code = 0;  // of errors that have a number
    std::optional<Timestamp> server_time;
};
/// What an error is worth to a question. Names that the documents do not list end nothing (E03).
wire::Reply verdict_of_error(const wire::Question& question, int status, const Envelope& envelope);
/// What sendStatus, editStatus and cancelStatus say; `accepted` where the deed was done.
wire::Reply verdict_of_send(std::string_view status);
wire::Reply verdict_of_edit(std::string_view status);
wire::Reply verdict_of_cancel(std::string_view status);

/// One answer being read: what was found goes out only when all of it was understood.
struct Answer {
    const wire::Question& question;
    const io::HttpResponse& response;
    Timestamp received_at;
    ReadContext& context;
    wire::Reply reply;
    std::vector<wire::WireEvent> events;
    bool is_error = false;  // the answer is the venue's word for an error
    struct {
        std::vector<BookLevel> bids, asks;
    } book;  // what a BookDelta among the events borrows
};
/// Each fills in reply and events; false where the body cannot be read. `why` then says what is wrong.
bool read_order_answer(Answer& answer, std::string& why);
bool read_account_answer(Answer& answer, std::string& why);
bool read_data_answer(Answer& answer, std::string& why);

}  // namespace plumb::venues::kraken
