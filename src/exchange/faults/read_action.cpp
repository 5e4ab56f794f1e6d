#include "exchange/faults/read_action.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/faults/script_words.hpp"

namespace plumb::exchange {
namespace {

constexpr std::uint64_t kBytesMax = 1 << 24;

constexpr std::array<std::string_view, 6> kCloseWords{"never",         "before", "inside",
                                                      "before_answer", "after",  "at_next_request"};

void read_answer_words(ScriptMap& map, RequestFault& fault) {
    fault.process = map.choice("process");
    fault.refuse = read_word<Trouble, Trouble::gateway_timeout>(map, "refuse");
    if (const auto status = map.count("status", 200, 599)) fault.status = static_cast<int>(*status);
    fault.body = map.text("body");
    fault.content_type = map.text("content_type");
    fault.retry_after = map.text("retry_after");
    if (fault.retry_after && *fault.retry_after != "none" &&
        (fault.retry_after->empty() || 10 < fault.retry_after->size() ||
         fault.retry_after->find_first_not_of("0123456789") != std::string::npos))
        map.refuse("retry_after", Errc::parse, "expected seconds or none");
    const auto has_line_break = [](const std::optional<std::string>& value) {
        return value && value->find_first_of("\r\n") != std::string::npos;
    };
    if (has_line_break(fault.content_type)) map.refuse("content_type", Errc::parse, "expected one line");
}

void read_delivery(ScriptMap& map, RequestFault& fault) {
    fault.delay = map.duration("delay").value_or(Duration{});
    fault.slow_head = map.duration("slow_head").value_or(Duration{});
    fault.delay_body = map.duration("delay_body").value_or(Duration{});
    fault.slow_body = map.duration("slow_body").value_or(Duration{});
    if (map.text("cut_at") == "each") {
        fault.cut_each = true;
        fault.cut_at = 0;
    } else if (const auto bytes = map.count("cut_at", 0, kBytesMax)) {
        fault.cut_at = *bytes;
    }
    if (map.text("cut_body_at") == "each") {
        fault.cut_each = fault.cut_counts_body = true;
        fault.cut_at = 0;
    } else if (const auto bytes = map.count("cut_body_at", 0, kBytesMax)) {
        fault.cut_at = *bytes;
        fault.cut_counts_body = true;
    }
    if (map.has("cut_at") && map.has("cut_body_at"))
        map.refuse("cut_body_at", Errc::invalid_argument, "expected cut_at or cut_body_at, found both");
    if (const auto place = map.word("close", kCloseWords)) fault.close = static_cast<CloseAt>(*place);
    fault.reset = map.flag("reset");
    fault.hang = map.flag("hang");
    fault.idle = map.duration("idle").value_or(Duration{});
    fault.fill_before = map.fraction("fill_before");
    fault.fill_after = map.fraction("fill_after");
    if (fault.hang && fault.close != CloseAt::never)
        map.refuse("hang", Errc::invalid_argument, "expected hang or close, found both");
    if (fault.cut_at && fault.close != CloseAt::never)
        map.refuse("close", Errc::invalid_argument, "expected close or a cut, found both");
    if (fault.idle > Duration{} && fault.close != CloseAt::after)
        map.refuse("idle", Errc::invalid_argument, "expected `close: after` beside it");
    const bool is_done = fault.close != CloseAt::before && fault.close != CloseAt::inside;
    if (fault.process == true && !is_done)
        map.refuse("process", Errc::invalid_argument, "a request that ends before or inside is not done");
}

RequestFault read_request_fault(ScriptMap& map) {
    RequestFault fault;
    read_answer_words(map, fault);
    read_delivery(map, fault);
    return fault;
}

FrameFault read_frame_fault(ScriptMap& map) {
    FrameFault fault;
    fault.drop = map.flag("drop");
    if (const auto copies = map.count("copies", 1, 100)) fault.copies = static_cast<int>(*copies);
    fault.delay = map.duration("delay").value_or(Duration{});
    if (const auto frames = map.count("hold_back", 1, 1000)) fault.hold_back = static_cast<int>(*frames);
    fault.mutate = read_word<Mutation, Mutation::sequence>(map, "mutate");
    fault.fields = map.texts("fields");
    if (const auto bytes = map.count("cut_at", 0, kBytesMax)) fault.cut_at = *bytes;
    fault.reset = map.flag("reset");
    return fault;
}

MessageFault read_message_fault(ScriptMap& map) {
    MessageFault fault;
    fault.drop = map.flag("drop");
    fault.refuse_stream = read_word<StreamTrouble, StreamTrouble::not_authenticated>(map, "refuse_stream");
    if (const auto code = map.count("close", 1000, 4999))
        fault.close_code = static_cast<std::uint16_t>(*code);
    fault.cut = map.flag("cut");
    return fault;
}

}  // namespace

FaultAction read_action(const YAML::Node& node, std::optional<Trigger> trigger, ScriptText& text) {
    FaultAction action;
    ScriptMap map{node, text, "do"};
    if (map.size() == 0) text.refuse(node, Errc::empty, "do: expected at least one thing to do");
    // What a request, a frame and a message share as words (drop, close, delay) means each its own.
    if (trigger == Trigger::request) action.request = read_request_fault(map);
    if (trigger == Trigger::frame) action.frame = read_frame_fault(map);
    if (trigger == Trigger::message) action.message = read_message_fault(map);
    action.venue = read_venue_actions(map, text);
    map.finish();
    if (text.ok()) action.json = json_of(node);
    return action;
}

}  // namespace plumb::exchange
