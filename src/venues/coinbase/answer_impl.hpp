#pragma once

#include <algorithm>
#include <string>

#include "venues/coinbase/answers.hpp"
#include "venues/coinbase/rest_rows.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::coinbase {

// What answers.cpp (bytes to rows) and answer_verdicts.cpp (rows to a verdict) share. For these two only.

using wire::Decimals;
using wire::JsonFrame;
using wire::MemberReader;
using wire::Members;
using wire::Reply;
using wire::Verdict;

/// The venue's own words for what went wrong, from whichever of its spellings.
struct Complaint {
    std::vector<std::string> codes;
    std::string message;

    bool says(std::string_view part) const {
        const auto has = [part](std::string_view text) {
            const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; };
            return std::search(text.begin(), text.end(), part.begin(), part.end(),
                               [&](char a, char b) { return lower(a) == b; }) != text.end();
        };
        return has(message) || std::any_of(codes.begin(), codes.end(), has);
    }
};

/// The plain words for a complaint; empty when the venue said nothing.
std::string words_for(const Complaint& complaint);

struct AnswerReader::Impl {
    Impl(wire::SymbolMap& map, GridTable& table) : symbols{map}, grids{table} {}

    Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at);
    bool parse(std::string_view body, Timestamp received_at);
    bool read_root();
    bool is_asked_for(std::size_t key) const;
    bool nested(std::size_t key, JsonFrame::Value value);
    template <class Read>
    bool each_object(JsonFrame::Value value, Read&& read);
    bool flat(JsonFrame::Object object, const auto& keys) {
        return frame.read(object, keys, row, [](std::size_t, JsonFrame::Value) { return true; });
    }
    void add_complaint(const Members& members);
    bool read_order_object(JsonFrame::Object object);
    bool read_account(JsonFrame::Object object);
    bool read_pricebook(JsonFrame::Value value);
    bool read_levels(JsonFrame::Value value, std::vector<BookLevel>& out);
    bool read_result(JsonFrame::Object object);

    Reply fail(const io::HttpResponse& response, Timestamp received_at);
    Reply fail_by_status(int status);
    Reply refuse_answer(std::string words) { return {Verdict::unknown, 200, std::move(words), {}, {}}; }
    Reply good() { return {Verdict::ok, 200, {}, {}, {}}; }

    Reply finish(const wire::AskPlace& ask);
    Reply finish(const wire::AskCancel& ask);
    Reply finish(const wire::AskReplace& ask);
    Reply finish(const wire::AskOrder& ask);
    Reply finish(const wire::AskOpenOrders& ask);
    Reply finish(const wire::AskFills& ask);
    Reply finish(const wire::AskBalances& ask);
    Reply finish(const wire::AskListings& ask);
    Reply finish(const wire::AskBars& ask);
    Reply finish(const wire::AskTrades& ask);
    Reply finish(const wire::AskQuotes& ask);
    Reply finish(const wire::AskBook& ask);
    Reply finish(const wire::AskClock& ask);
    Reply finish(const wire::AskAccount&) { return finish_permissions(); }
    Reply finish(const wire::AskPermissions&) { return finish_permissions(); }
    Reply finish(const wire::AskPositions&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish(const wire::AskStreamKey&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish(const wire::AskCancelAllAfter&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish_permissions();
    /// Errors inside an answer of status 200.
    Reply complain(Verdict verdict) { return {verdict, 200, words_for(complaint), {}, {}}; }

    wire::SymbolMap& symbols;
    GridTable& grids;
    JsonFrame frame{kBytesMax};
    Members root, row, inner;
    Context context;
    const wire::Question* question = nullptr;
    std::vector<wire::WireEvent> events;
    std::vector<wire::Refused> bad_rows;
    std::vector<BookLevel> bids, asks;
    std::vector<OpenBar> bars;
    std::vector<Trade> trades;
    Complaint complaint;
    bool has_list = false;
    std::size_t rows = 0;
    FixedText<40> order_id;  // of a placed, changed or canceled order
    FixedText<64> client_id;
    std::optional<bool> canceled;
    InstrumentId asked{};  // whose bars
    Duration length{};
};

}  // namespace plumb::venues::coinbase
