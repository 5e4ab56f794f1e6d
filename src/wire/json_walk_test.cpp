#include "wire/json_walk.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace plumb;
using namespace plumb::wire;

namespace {

constexpr KeyTable<4> kKeys{{"price", "size", "list", "a_name_of_more_than_sixteen_letters"}};

/// What the walk makes of a frame: "key=token " for each known member; "no" where it is not for it.
std::string walked(JsonWalk& walk, std::string_view text) {
    Members members;
    if (!walk.start(text) || !walk.read(kKeys, members, [&](std::size_t) { return walk.skip(); }) ||
        !walk.at_end())
        return "no";
    std::string out;
    for (std::size_t key = 0; key < 4; ++key)
        if (members.has(key))
            out += std::string{kKeys.name(key).substr(0, 5)} + "=" + std::string{members.token(key)} + " ";
    return out;
}

}  // namespace

TEST_CASE("a walk takes the known scalars and goes over everything else") {
    JsonWalk walk;
    CHECK(walked(walk, R"({"price":1.5,"size":"2"})") == "price=1.5 size=\"2\" ");
    CHECK(walked(walk, R"({})").empty());
    CHECK(walked(walk, R"({"new":[1,{"price":2},[]],"size":null,"list":[{"size":1}]})") == "size=null ");
    CHECK(walked(walk, R"({"a_name_of_more_than_sixteen_letters":1,"a_name_of_more_than_sixteen_lettera":2,)"
                       R"("pricf":3,"price ":4})") == "a_nam=1 ");
    // Tokens end where the next begins; offsets count from the first byte.
    CHECK(walked(walk, "{ \"price\":7 ,\n\"size\": true }") == "price=7  size=true  ");
    Members members;
    REQUIRE(walk.start(R"({"price":1.5})"));
    REQUIRE(walk.read(kKeys, members, [](std::size_t) { return false; }));
    CHECK(members.token(0).data() - walk.begin() == 9);
}

TEST_CASE("a walk says no to what is not plainly right") {
    JsonWalk walk;
    for (const std::string_view text : {R"()",
                                        R"( )",
                                        R"({)",
                                        R"({"price":1)",
                                        R"({"price":1]", R"({"price":})",
                                        R"({"price":,"size":1})",
                                        R"({"price":1,})",
                                        R"({"price":1,"price":2})",
                                        R"({"price" :1})",
                                        R"({"price"1})",
                                        R"({price:1})",
                                        R"({"price":"1})",
                                        R"({"new":[1})",
                                        R"({"new":"a":1})",
                                        R"({"price":1} x)",
                                        R"({"price":1}{})",
                                        R"([{"price":1}])",
                                        R"({"price":1,,"size":1})",
                                        R"({"price":1 "size":1})",
                                        "{\"new\":\"\xff\"}"})
        CHECK_MESSAGE(walked(walk, text) == "no", text);
    const std::string longest = "{\"new\":\"" + std::string(JsonWalk::kBytesMax - 10, 'x') + "\"}";
    CHECK(walked(walk, longest).empty());
    CHECK(walked(walk, longest + " ") == "no");
    walk.set_on(false);
    CHECK(walked(walk, "{}") == "no");
}
