#pragma once

#include <simdjson.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/members.hpp"

namespace plumb::wire {

/// The parser and the padded buffer of one decoder, and the first thing wrong with the frame in hand. After
/// the first frames it allocates nothing. Included by decoders' .cpp only, for simdjson's sake.
class JsonFrame {
 public:
    using Value = simdjson::ondemand::value;
    using Object = simdjson::ondemand::object;
    using Array = simdjson::ondemand::array;

    explicit JsonFrame(std::size_t bytes_max) : bytes_max_{bytes_max} {}

    /// Copies the bytes to where the parser may read past their end, and starts on them.
    bool start(std::string_view bytes) {
        refused_.reset();
        if (bytes.empty()) return refuse("an empty frame", {}, nullptr);
        if (bytes_max_ < bytes.size()) return refuse("the frame is longer than allowed", {}, nullptr);
        if (buffer_.size() < bytes.size() + simdjson::SIMDJSON_PADDING)
            buffer_.resize(std::max<std::size_t>(bytes.size(), 4096) * 2 + simdjson::SIMDJSON_PADDING);
        std::memcpy(buffer_.data(), bytes.data(), bytes.size());
        std::memset(buffer_.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
        const auto error =
            parser_.iterate(buffer_.data(), bytes.size(), bytes.size() + simdjson::SIMDJSON_PADDING)
                .get(document_);
        return error == simdjson::SUCCESS || refuse(error);
    }
    simdjson::ondemand::document& document() { return document_; }
    /// False after refusing when bytes follow what was read.
    bool at_end() {
        const char* rest = nullptr;
        if (document_.current_location().get(rest) != simdjson::SUCCESS) return true;
        return refuse("something follows the message", {}, rest);
    }

    /// Reads the members of an object: scalars of known keys into `members`, arrays and objects of known keys
    /// through `nested(key, value)`, which returns false after refusing. Unknown keys are skipped.
    template <std::size_t Count, class Nested>
    bool read(Object object, const KeyTable<Count>& keys, Members& members, Nested&& nested) {
        members.clear();
        for (auto member : object) {
            if (member.error() != simdjson::SUCCESS) return refuse(member.error());
            // Where it stands: copying it stalled on what was just stored, a sixth of a frame's cost.
            simdjson::ondemand::field&& field = std::move(member).value_unsafe();
            const char* raw = field.key().raw();
            // The key ends at a quote, since what follows it was already looked at. A loop: keys are short,
            // and memchr was a tenth of a frame's cost.
            const char* end = raw;
            while (*end != '"') ++end;
            const std::size_t key = keys.find({raw, static_cast<std::size_t>(end - raw)});
            if (key == Count) continue;
            const std::string_view token = field.value().raw_json_token();
            if (token.front() == '[' || token.front() == '{') {
                if (!nested(key, field.value())) return false;
            } else if (!members.set(key, token)) {
                return refuse("a key stands twice", keys.name(key), token.data());
            }
        }
        return true;
    }

    /// Gives every member of an object whatever its key, as maps by currency or symbol have them:
    /// `each(key, value)` returns false after refusing.
    template <class Each>
    bool read_all(Object object, Each&& each) {
        for (auto member : object) {
            if (member.error() != simdjson::SUCCESS) return refuse(member.error());
            // Where it stands: copying it stalled on what was just stored, a sixth of a frame's cost.
            simdjson::ondemand::field&& field = std::move(member).value_unsafe();
            const char* raw = field.key().raw();
            const auto* end = static_cast<const char*>(
                std::memchr(raw, '"', static_cast<std::size_t>(buffer_.data() + buffer_.size() - raw)));
            if (!each(std::string_view{raw, static_cast<std::size_t>(end - raw)}, field.value()))
                return false;
        }
        return true;
    }

    bool refuse(const char* reason, std::string_view field, const char* where) {
        if (refused_) return false;
        const bool inside =
            where != nullptr && buffer_.data() <= where && where <= buffer_.data() + buffer_.size();
        refused_ = Refused{reason, field.substr(0, 24),
                           inside ? static_cast<std::size_t>(where - buffer_.data()) : 0};
        return false;
    }
    bool refuse(simdjson::error_code error) { return refuse(simdjson::error_message(error), {}, nullptr); }
    bool refuse(const Refused& refused) {
        if (!refused_) refused_ = refused;
        return false;
    }
    const std::optional<Refused>& refused() const { return refused_; }
    /// For the next of many parts: what was wrong with one says nothing of the others.
    void forget() { refused_.reset(); }
    const char* begin() const { return buffer_.data(); }

 private:
    std::size_t bytes_max_;
    simdjson::ondemand::parser parser_;
    simdjson::ondemand::document document_;
    std::vector<char> buffer_;
    std::optional<Refused> refused_;
};

}  // namespace plumb::wire
