/**
 * The words a network's name is made of: common, short, spelled as they sound, and no two a letter apart, so that a name
 * read aloud across a room arrives as it was meant. The order is part of nothing: names travel as text.
 */
export const NAME_WORDS: readonly string[] = `
acorn album almond amber anchor apple apricot april apron arrow atlas autumn avocado
badger bagel balcony bamboo banana banjo barrel basil basket beaver bicycle biscuit blanket bonfire bottle bracket branch
breeze bridge bronze bubble bucket buffalo butter button
cabin cactus camel camera canary candle canvas canyon captain caramel carbon carpet carrot castle cedar cello chapel cherry
chimney cinema circle citrus clarinet cliff cloud clover cobalt coconut coffee comet compass copper coral cotton cradle
crater crayon cricket crimson crystal cupboard curtain cushion
dahlia daisy dancer december desert diamond dinner dolphin domino dragon drawer drummer
eagle echo eclipse elbow elephant emerald engine envelope evening
fabric falcon feather fennel ferry fiddle flamingo flannel flute forest fossil fox freckle friday frost
galaxy garden garlic ginger giraffe glacier globe goblet golden gravel green guitar
hammer hazel hedge helmet heron hexagon hockey honey horizon humble husky
iceberg igloo indigo island ivory ivy
jacket jaguar jasmine jelly jigsaw jungle juniper
kangaroo kayak kettle kimono kitchen kiwi koala
ladder lagoon lantern laptop lavender lemon leopard lettuce library lilac linen lobster lotus lunar
magenta magnet magpie mango maple marble market meadow melon mercury milkshake mirror mitten monday monkey morning
mosaic mountain muffin museum mushroom mustard
napkin nectar nickel noodle november nugget nutmeg
oasis oatmeal ocean october olive onion opal orange orbit orchid origami otter oxygen oyster
palace panda panther paper parade peanut pebble pelican pencil penguin pepper piano pickle picnic pigeon
pilot pineapple planet plum polar pony potato prairie pretzel prism pudding pumpkin puppet purple
puzzle pyramid
quartz quiver
rabbit radio raft rainbow raven ribbon river robin rocket rosemary ruby rubber
saddle saffron sailor salmon sandal sapphire satin saturn scarlet school scooter seagull september sesame shadow shelter
silver sketch slipper snowman soccer spider spinach spoon squirrel stadium stone summer sunday sunset swallow
table teapot temple tennis thunder ticket tiger timber tomato topaz tortoise tower tractor trumpet tulip tunnel
turtle twilight
umbrella unicorn
valley vanilla velvet village violet volcano voyage
waffle wagon walnut walrus water whisper willow window winter wizard wombat wooden
yellow
zebra zeppelin zigzag
`
  .trim()
  .split(/\s+/);
