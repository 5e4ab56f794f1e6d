#pragma once

#include <string>

#include "venues/kraken/answers.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::kraken {

/// The keys that every table of an answer's keys begins with.
namespace envelope_key {
enum : std::size_t { result, error, errors, server_time, message, code, count };
}

/// One answer's body: its envelope, and what `nested` makes of the rest. Included by .cpp files only.
template <std::size_t Count>
class RestBody {
 public:
    using Value = wire::JsonFrame::Value;
    using Object = wire::JsonFrame::Object;
    using Array = wire::JsonFrame::Array;
    using Reader = wire::MemberReader<Count>;

    explicit RestBody(const wire::KeyTable<Count>& keys) : keys_{keys} {}

    /// Reads all of it. `nested(key, value)` as JsonFrame::read. False where it is not sound JSON, or no
    /// object.
    template <class Nested>
    bool read(std::string_view body, Nested&& nested) {
        if (!frame_.start(body)) return false;
        Object object;
        if (const auto error = frame_.document().get_object().get(object); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        const auto all = [&](std::size_t which, Value value) {
            return which == envelope_key::errors ? read_errors(value) : nested(which, value);
        };
        if (!frame_.read(object, keys_, top_, all) || !frame_.at_end()) return false;
        return read_envelope();
    }
    bool object_of(Value value, wire::Members& members) {
        return object_of(value, members, [](std::size_t, Value) { return true; });
    }
    template <class Nested>
    bool object_of(Value value, wire::Members& members, Nested&& nested) {
        Object object;
        if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        return frame_.read(object, keys_, members, nested);
    }
    /// `each(value)` for every element.
    template <class Each>
    bool array_of(Value value, Each&& each) {
        Array array;
        if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        for (auto element : array) {
            Value one;
            if (const auto error = std::move(element).get(one); error != simdjson::SUCCESS)
                return frame_.refuse(error);
            if (!each(one)) return false;
        }
        return true;
    }

    Reader reader(const wire::Members& members) const {
        return {keys_, members, frame_.begin(), wire::Decimals::either};
    }
    Reader top() const { return reader(top_); }
    const Envelope& envelope() const { return envelope_; }
    wire::JsonFrame& frame() { return frame_; }
    std::string why() const {
        if (!frame_.refused()) return "something is missing";
        std::string why = frame_.refused()->reason;
        if (!frame_.refused()->field.empty()) why += " (" + std::string{frame_.refused()->field.view()} + ")";
        return why;
    }

 private:
    bool read_errors(Value value) {
        return array_of(value, [&](Value one) {
            const std::string_view token = one.raw_json_token();
            if (token.front() != '{') {
                if (envelope_.name.empty()) envelope_.name = wire::text_of(token).value_or("");
                return true;
            }
            wire::Members members;
            if (!object_of(one, members)) return false;
            Reader read = reader(members);
            if (read.says(envelope_key::code))
                envelope_.code = static_cast<std::int64_t>(read.number(envelope_key::code));
            if (read.says(envelope_key::message)) envelope_.name = read.text(envelope_key::message);
            return read.ok() || frame_.refuse(read.refused());
        });
    }
    bool read_envelope() {
        Reader read = reader(top_);
        if (read.says(envelope_key::error)) envelope_.name = read.text(envelope_key::error);
        const std::string_view result =
            read.says(envelope_key::result) ? read.text(envelope_key::result) : std::string_view{};
        if (!read.ok()) return frame_.refuse(read.refused());
        envelope_.success = result == "success";
        envelope_.error = result == "error" || (!envelope_.success && !envelope_.name.empty());
        if (read.says(envelope_key::server_time))
            if (const auto text = wire::text_of(members_token(envelope_key::server_time)))
                envelope_.server_time = wire::time_of_text(*text);
        return true;
    }
    std::string_view members_token(std::size_t which) const { return top_.token(which); }

    const wire::KeyTable<Count>& keys_;
    wire::JsonFrame frame_{16 << 20};
    wire::Members top_;
    Envelope envelope_;
};

}  // namespace plumb::venues::kraken
