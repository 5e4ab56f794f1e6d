#include "wire/json_walk.hpp"

#include <simdjson.h>

#include <cstring>

#include "base/check.hpp"

namespace plumb::wire {

struct JsonWalk::Cutter {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
};

JsonWalk::JsonWalk() : cutter_{std::make_unique<Cutter>()} {
    static_assert(simdjson::SIMDJSON_PADDING <= kPadding);
    constexpr std::size_t kDepth = 1;  // of the second stage, which is never run
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        kBytesMax + 1, kDepth, cutter_->stage);
    PLUMB_CHECK(error == simdjson::SUCCESS);
}
JsonWalk::~JsonWalk() = default;

bool JsonWalk::start(std::string_view bytes) {
    if (!on_ || bytes.empty() || kBytesMax < bytes.size()) return false;
    std::memcpy(text_.data(), bytes.data(), bytes.size());
    std::memset(text_.data() + bytes.size(), 0, kPadding);
    auto& stage = *cutter_->stage;
    const auto* text = reinterpret_cast<const std::uint8_t*>(text_.data());
    if (stage.stage1(text, bytes.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
    at_ = stage.structural_indexes.get();
    end_ = at_ + stage.n_structural_indexes;
    return true;
}

}  // namespace plumb::wire
