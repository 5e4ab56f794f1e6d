#include "exchange/host/request_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace plumb::exchange {
namespace {

template <class T>
void take(std::optional<T>& into, const std::optional<T>& from) {
    if (from) into = from;
}

void merge(RequestFault& into, const RequestFault& from) {
    take(into.process, from.process);
    take(into.refuse, from.refuse);
    take(into.status, from.status);
    take(into.body, from.body);
    take(into.content_type, from.content_type);
    take(into.retry_after, from.retry_after);
    take(into.fill_before, from.fill_before);
    take(into.fill_after, from.fill_after);
    into.delay = std::max(into.delay, from.delay);
    into.slow_head = std::max(into.slow_head, from.slow_head);
    into.delay_body = std::max(into.delay_body, from.delay_body);
    into.slow_body = std::max(into.slow_body, from.slow_body);
    if (from.cut_at) {
        into.cut_at = from.cut_at;
        into.cut_counts_body = from.cut_counts_body;
    }
    if (from.close != CloseAt::never) into.close = from.close;
    into.reset |= from.reset;
    into.hang |= from.hang;
    into.idle = std::max(into.idle, from.idle);
}

Delivery delivery_of(const RequestFault& fault) {
    Delivery delivery;
    delivery.before_head = fault.delay;
    delivery.between_head_bytes = fault.slow_head;
    delivery.before_body = fault.delay_body;
    delivery.between_body_bytes = fault.slow_body;
    const Ending ending = fault.reset ? Ending::reset : Ending::close;
    if (fault.cut_at) {
        delivery.cut_at = fault.cut_at;
        delivery.cut_counts_body = fault.cut_counts_body;
        delivery.ending = ending;
    }
    switch (fault.close) {
        case CloseAt::never: break;
        case CloseAt::before:
        case CloseAt::inside:
        case CloseAt::before_answer:
            delivery.cut_at = 0;
            delivery.cut_counts_body = false;
            delivery.ending = ending;
            break;
        case CloseAt::after:
            delivery.ending = ending;
            delivery.before_ending = fault.idle;
            break;
        case CloseAt::at_next_request: delivery.ending = Ending::close_at_next_request; break;
    }
    if (fault.hang) {
        if (!delivery.cut_at) delivery.cut_at = 0;
        delivery.ending = Ending::hang;
    }
    return delivery;
}

bool is_named(const io::Header& header, std::string_view name) {
    return std::equal(header.name.begin(), header.name.end(), name.begin(), name.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
}

void set_header(Response& response, std::string_view name, const std::string& value) {
    std::erase_if(response.headers, [&](const io::Header& each) { return is_named(each, name); });
    response.headers.push_back({std::string{name}, value});
}

}  // namespace

RequestPlan plan_request(const std::vector<RuleState*>& rules) {
    RequestPlan plan;
    for (RuleState* each : rules) {
        if (!each->rule.action.request) continue;
        RequestFault fault = *each->rule.action.request;
        if (fault.cut_each) fault.cut_at = each->cut_next++;
        merge(plan.fault, fault);
    }
    const RequestFault& fault = plan.fault;
    const bool is_undone = fault.refuse || fault.close == CloseAt::before || fault.close == CloseAt::inside;
    plan.processes = fault.process.value_or(!is_undone);
    plan.delivery = delivery_of(fault);
    return plan;
}

void spoil(Response& response, const RequestFault& fault) {
    if (fault.status) response.status = *fault.status;
    if (fault.body) response.body = *fault.body;
    if (fault.content_type) set_header(response, "Content-Type", *fault.content_type);
    if (!fault.retry_after) return;
    if (*fault.retry_after != "none") return set_header(response, "Retry-After", *fault.retry_after);
    std::erase_if(response.headers, [](const io::Header& each) { return is_named(each, "Retry-After"); });
}

std::string delivered_text(const Delivery& delivery) {
    if (!delivery.cut_at) return "whole";
    if (*delivery.cut_at == 0 && !delivery.cut_counts_body) return "nothing";
    return fmt::format("{} bytes{}", *delivery.cut_at, delivery.cut_counts_body ? " of the body" : "");
}

std::string_view to_string(Ending ending) {
    switch (ending) {
        case Ending::keep: return "keep";
        case Ending::close: return "close";
        case Ending::reset: return "reset";
        case Ending::hang: return "hang";
        case Ending::close_at_next_request: return "close_at_next_request";
    }
    return "";
}

}  // namespace plumb::exchange
