"""Makes one of the bench's scenes in Blender and exports it with Blender's own glTF exporter, as people do.

    blender -b --factory-startup -P make-scene.py -- --scene woods --out woods.glb

    woods     3,000 instances of seven meshes: leafy trees, firs, stones, under the open sky
    interior  a room whose every surface has textures of its own, colour, roughness and normals, lit by a window and a lamp
    glasses   glass bodies on a table among 240 small lamps
    figure    a skinned figure, posed by its bones
    heap      360 meshes with 120 materials, one on the other

All chance comes from Python's seeded generator: the same scene in every run. Made for Blender 3.4 (Debian 12).
"""
import argparse
import math
import os
import random
import sys

import numpy

import bpy
from mathutils import Euler, Vector

# Blender does not look for modules beside the script it runs.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from modelling import (  # noqa: E402
    Shape,
    ball,
    box,
    camera,
    glass,
    grain,
    material,
    place,
    plane,
    textured,
    textured_box,
    tube,
)


def leafy_tree(chance, bark, leaf, name):
    shape = Shape()
    height = chance.uniform(3.6, 4.6)
    bend = Vector((chance.uniform(-0.3, 0.3), chance.uniform(-0.3, 0.3), 0))

    def trunk(t):
        return Vector((0, 0, height * t)) + bend * t * t

    shape.add(*tube([(trunk(t / 8), (0, 0, 1), 0.16 * (1.1 - t / 8)) for t in range(9)], 8))
    twigs = []
    for _ in range(26):
        t = chance.uniform(0.35, 0.97)
        around = chance.uniform(0, 2 * math.pi)
        out = Vector((math.cos(around), math.sin(around), chance.uniform(0.2, 0.9))).normalized()
        length = 1.5 * (1.15 - t) + 0.35
        start = trunk(t)
        shape.add(*tube([(start + out * length * s / 4, out, 0.05 * (1.05 - s / 4)) for s in range(5)], 5))
        twigs += [(start + out * length * chance.uniform(0.3, 1.05)) for _ in range(48)]
    for twig in twigs:
        turn = Euler([chance.uniform(0, 2 * math.pi) for _ in range(3)]).to_matrix()
        middle = twig + Vector([chance.gauss(0, 0.13) for _ in range(3)])
        size = chance.uniform(0.07, 0.13)
        points = [(-size, 0, 0), (0, -size * 0.45, 0), (size, 0, 0.02), (0, size * 0.45, 0)]
        shape.add([middle + turn @ Vector(p) for p in points], [(0, 1, 2, 3)], 1)
    return shape.mesh(name, [bark, leaf], smooth=False)


def fir(chance, bark, needle, name):
    shape = Shape()
    shape.add(*tube([((0, 0, 0), (0, 0, 1), 0.13), ((0, 0, 3.6), (0, 0, 1), 0.02)], 8))
    for layer in range(9):
        z, radius = 0.6 + layer * 0.36, 1.15 * (1 - layer / 10)
        for branch in range(14):
            angle = 2 * math.pi * (branch + chance.random()) / 14
            out = Vector((math.cos(angle), math.sin(angle), -0.35 + chance.uniform(-0.1, 0.1)))
            side = Vector((-math.sin(angle), math.cos(angle), 0)) * 0.16
            start, tip = Vector((0, 0, z + 0.15)), Vector((0, 0, z)) + out * radius
            for k in range(4):
                a, b = start.lerp(tip, k / 4), start.lerp(tip, (k + 1.2) / 4)
                shape.add([a - side, b, a + side, a + Vector((0, 0, 0.06))], [(0, 1, 3), (3, 1, 2)], 1)
    return shape.mesh(name, [bark, needle], smooth=False)


def woods():
    chance = random.Random(3000)
    bark = material("Bark", (0.16, 0.11, 0.08), 0.9)
    leaves = [material(f"Leaf {i}", c, 0.55) for i, c in enumerate([(0.1, 0.24, 0.05), (0.2, 0.25, 0.05), (0.28, 0.16, 0.04)])]
    needle = material("Needle", (0.05, 0.15, 0.07), 0.6)
    rock = material("Stone", (0.35, 0.34, 0.32), 0.8)
    kinds = [leafy_tree(chance, bark, leaf, f"Tree {i}") for i, leaf in enumerate(leaves)]
    kinds += [fir(chance, bark, needle, f"Fir {i}") for i in range(2)]
    stones = []
    for i in range(2):
        waves = [Vector([chance.uniform(-4, 4) for _ in range(3)]) for _ in range(6)]
        stone = Shape()
        stone.add(*ball(24, 12, 0.35, shape=lambda d: 1 + 0.09 * sum(math.sin(w.dot(d)) for w in waves)))
        stones.append(stone.mesh(f"Stone {i}", [rock]))

    def height(x, y):
        return 0.8 * math.sin(x * 0.11) * math.cos(y * 0.13) + 0.3 * math.sin(x * 0.31 + y * 0.23)

    ground, n = Shape(), 160
    points = [(x, y, height(x, y)) for y in numpy.linspace(-60, 60, n) for x in numpy.linspace(-60, 60, n)]
    ground.add(points, [(r * n + c, r * n + c + 1, r * n + n + c + 1, r * n + n + c) for r in range(n - 1) for c in range(n - 1)])
    place(ground.mesh("Ground", [material("Grass", (0.12, 0.16, 0.05), 0.95)]))
    for i in range(3000):
        x, y = chance.uniform(-55, 55), chance.uniform(-55, 55)
        if abs(x) < 2.2 and y < 20:
            x += math.copysign(2.5, x)
        kind = chance.choice(kinds) if i % 4 else chance.choice(stones)
        size = chance.uniform(0.7, 1.3)
        place(kind, (x, y, height(x, y) - 0.05), (0, 0, chance.uniform(0, 2 * math.pi)), (size,) * 3)
    camera((0, -40, height(0, -40) + 2.2), (0, 0, 2.2), 42)


def interior():
    generator, side = numpy.random.RandomState(7), 1024
    v, u = numpy.mgrid[0:side, 0:side] / side
    row = numpy.floor(v * 12)
    brick_u, brick_v = (u * 6 + 0.5 * (row % 2)) % 1, (v * 12) % 1
    edge = numpy.minimum(numpy.minimum(brick_u, 1 - brick_u) * 2, numpy.minimum(brick_v, 1 - brick_v))
    bricks = numpy.clip(edge * 12, 0, 1) * (0.6 + 0.4 * grain(generator, side, [(48, 48, 1), (200, 200, 1)]))
    boards = (0.35 + 0.65 * grain(generator, side, [(16, 3, 2), (64, 6, 2), (256, 12, 1)])) * numpy.clip(
        numpy.minimum((u * 8) % 1, 1 - (u * 8) % 1) * 40, 0.15, 1)
    cloth = 0.5 + 0.25 * (numpy.sin(u * math.pi * 256) + numpy.sin(v * math.pi * 256)) * grain(generator, side, [(32, 32, 1)])
    plaster = 0.7 + 0.3 * grain(generator, side, [(16, 16, 1), (80, 80, 1), (300, 300, 1)])
    marble = numpy.abs(numpy.sin(u * 12 + 9 * grain(generator, side, [(5, 5, 4), (12, 12, 2), (40, 40, 1)])))
    wall = textured("Bricks", bricks, (0.6, 0.58, 0.55), (0.62, 0.26, 0.18), (0.75, 0.95))
    floor = textured("Boards", boards, (0.16, 0.09, 0.05), (0.62, 0.42, 0.25), (0.3, 0.6), 3)
    sofa = textured("Cloth", cloth, (0.1, 0.16, 0.3), (0.35, 0.45, 0.65), (0.8, 1.0), 4)
    paint = textured("Plaster", plaster, (0.7, 0.67, 0.62), (0.92, 0.9, 0.86), (0.8, 0.95), 2)
    stone = textured("Marble", marble, (0.2, 0.2, 0.22), (0.93, 0.92, 0.9), (0.1, 0.3), 0.5)
    quarter = math.pi / 2
    plane("Floor", 6, floor, tiles=0.5)
    plane("Ceiling", 6, paint, (0, 0, 3), (math.pi, 0, 0), tiles=0.5)
    plane("Back", 6, wall, (0, 3, 1.5), (quarter, 0, 0), 3, 0.5)
    plane("Left", 6, paint, (-3, 0, 1.5), (quarter, 0, quarter), 3, 0.5)
    plane("Right", 6, wall, (3, 0, 1.5), (quarter, 0, -quarter), 3, 0.5)
    plane("Front", 6, paint, (0, -3, 1.5), (quarter, 0, math.pi), 3, 0.5)
    textured_box("Seat", (2.2, 0.9, 0.45), (-0.6, 1.9, 0.25), sofa)
    textured_box("Back of the sofa", (2.2, 0.25, 0.6), (-0.6, 2.35, 0.7), sofa)
    for x in (-1.75, 0.55):
        textured_box("Arm", (0.22, 0.9, 0.65), (x, 1.9, 0.33), sofa)
    textured_box("Table", (1.3, 0.7, 0.06), (-0.4, 0.5, 0.45), stone, 0.15)
    for x in (-0.9, 0.1):
        textured_box("Leg", (0.07, 0.5, 0.42), (x, 0.5, 0.21), floor, 0.15)
    textured_box("Shelf", (0.4, 2.2, 1.9), (2.75, 0.9, 0.95), floor)
    metal, china = material("Brass", (0.9, 0.7, 0.35), 0.25, 1), material("China", (0.85, 0.85, 0.82), 0.2)
    for i in range(6):
        vase = Shape()
        vase.add(*ball(32, 16, 0.1 + 0.02 * (i % 3), shape=lambda d: 1 + 0.3 * math.cos(4 * d.z)))
        where = (-0.75 + 0.16 * i, 0.45 + 0.05 * (i % 2), 0.6) if i < 3 else (2.75, 0.2 + 0.45 * (i - 3), 2.02)
        place(vase.mesh(f"Vase {i}", [china if i % 2 else metal]), where)
    day, lamp = material("Day", (0, 0, 0), 1, 0, (9, 10, 12)), material("Lamp", (0, 0, 0), 1, 0, (30, 22, 13))
    for made in (day, lamp):
        made.use_backface_culling = True
    plane("Window", 1.6, day, (-2.99, 0.3, 1.7), (quarter, 0, quarter), 1.3)
    shade = Shape()
    shade.add(*ball(16, 8, 0.12))
    place(shade.mesh("Shade", [lamp]), (1.5, 1.5, 2.3))
    camera((1.9, -2.7, 1.5), (-0.4, 1.4, 0.9), 48)


def glasses():
    chance = random.Random(240)
    quarter = math.pi / 2
    plane("Table", 8, material("Wood", (0.35, 0.24, 0.16), 0.35))
    plane("Wall", 8, material("Wall", (0.5, 0.5, 0.55), 0.9), (0, 2.5, 2), (quarter, 0, 0), 4)
    kinds = []
    for name, colour, roughness in [("Clear", (1, 1, 1), 0), ("Green", (0.7, 0.95, 0.75), 0), ("Frosted", (1, 1, 1), 0.2)]:
        look = glass(name, colour, roughness)
        solid, vessel = Shape(), Shape()
        solid.add(*ball(48, 24, 0.3, (0, 0, 0.3)))
        outside = [((0, 0, z), (0, 0, 1), r) for z, r in [(0.0, 0.2), (0.02, 0.24), (0.3, 0.28), (0.6, 0.22), (0.75, 0.27)]]
        inside = [((0, 0, z), (0, 0, 1), r) for z, r in [(0.75, 0.25), (0.6, 0.2), (0.3, 0.26), (0.06, 0.2)]]
        vessel.add(*tube(outside + inside, 48))
        kinds += [solid.mesh(f"{name} ball", [look]), vessel.mesh(f"{name} vessel", [look])]
    for i in range(18):
        at = ((i % 6 - 2.5) * 0.75 + chance.uniform(-0.1, 0.1), (i // 6 - 1) * 0.85 + chance.uniform(-0.1, 0.1), 0.002)
        place(kinds[(i * 5 + i // 6) % 6], at, (0, 0, chance.uniform(0, 6)), (chance.uniform(0.8, 1.1),) * 3)
    bulb = Shape()
    bulb.add(*ball(8, 5))
    looks = []
    for i in range(12):
        hue = 2 * math.pi * i / 12
        looks.append(material(f"Bulb {i}", (0, 0, 0), 1, 0, [40 * (0.6 + 0.4 * math.cos(hue + s)) for s in (0, 2.1, 4.2)]))
    meshes = [bulb.mesh(f"Bulb {i}", [look]) for i, look in enumerate(looks)]
    for i in range(240):
        at = (chance.uniform(-3, 3), chance.uniform(-2.4, 2.4), chance.uniform(0.9, 3.2))
        place(chance.choice(meshes), at, (0, 0, 0), (chance.uniform(0.015, 0.03),) * 3)
    camera((0.3, -5.2, 2.1), (0, 0, 0.45), 36)


def figure():
    plane("Floor", 12, material("Floor", (0.55, 0.53, 0.5), 0.6))
    bones = {
        "spine": (None, (0, 0, 1.0), (0, 0, 1.3)),
        "chest": ("spine", (0, 0, 1.3), (0, 0, 1.55)),
        "head": ("chest", (0, 0, 1.55), (0, 0, 1.85)),
    }
    for side, s in (("l", 1), ("r", -1)):
        bones[f"arm.{side}"] = ("chest", (0.2 * s, 0, 1.48), (0.48 * s, 0, 1.45))
        bones[f"hand.{side}"] = (f"arm.{side}", (0.48 * s, 0, 1.45), (0.82 * s, 0, 1.42))
        bones[f"thigh.{side}"] = ("spine", (0.11 * s, 0, 0.98), (0.12 * s, 0, 0.52))
        bones[f"shin.{side}"] = (f"thigh.{side}", (0.12 * s, 0, 0.52), (0.13 * s, 0.02, 0.06))
    armature = bpy.data.armatures.new("Skeleton")
    rig = place(armature, name="Skeleton")
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for name, (parent, head, tail) in bones.items():
        bone = armature.edit_bones.new(name)
        bone.head, bone.tail = head, tail
        if parent:
            bone.parent = armature.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")

    body = Shape()

    def limb(points, slot):
        """Smooth through (x, y, z, radius)."""
        rings, steps = [], 24
        for (a, b) in zip(points, points[1:]):
            for i in range(steps):
                t = i / steps
                s = t * t * (3 - 2 * t)
                middle = Vector(a[:3]).lerp(Vector(b[:3]), t)
                rings.append((middle, Vector(b[:3]) - Vector(a[:3]), a[3] + (b[3] - a[3]) * s))
        body.add(*tube(rings, 64), slot)

    limb([(0, 0, 0.86, 0.1), (0, 0, 0.95, 0.17), (0, 0, 1.15, 0.14), (0, 0, 1.4, 0.19), (0, 0, 1.53, 0.07), (0, 0, 1.62, 0.06)], 1)
    body.add(*ball(96, 64, 0.12, (0, 0, 1.73), lambda d: 1 + 0.22 * abs(d.z) ** 2 + 0.05 * max(0, -d.y) ** 6), 0)
    for s in (1, -1):
        limb([(0.12 * s, 0, 1.47, 0.075), (0.24 * s, 0, 1.47, 0.065), (0.48 * s, 0, 1.45, 0.045), (0.76 * s, 0, 1.42, 0.032)], 1)
        body.add(*ball(48, 24, 0.06, (0.82 * s, 0, 1.42)), 0)
        limb([(0.1 * s, 0, 0.97, 0.1), (0.12 * s, 0, 0.75, 0.095), (0.12 * s, 0, 0.5, 0.06), (0.13 * s, 0.01, 0.3, 0.065), (0.13 * s, 0.02, 0.08, 0.04)], 2)
        body.add(*ball(48, 24, 0.07, (0.13 * s, -0.05, 0.06), lambda d: 1 + 0.9 * abs(d.y) ** 3), 3)
    looks = [
        material("Skin", (0.7, 0.45, 0.33), 0.45),
        material("Shirt", (0.5, 0.08, 0.07), 0.8),
        material("Trousers", (0.08, 0.1, 0.2), 0.85),
        material("Shoes", (0.05, 0.04, 0.04), 0.25),
    ]
    mesh = body.mesh("Figure", looks)
    thing = place(mesh)
    thing.parent = rig
    groups = {name: thing.vertex_groups.new(name=name) for name in bones}
    for vertex in mesh.vertices:
        near = []
        for name, (_, head, tail) in bones.items():
            a, b = Vector(head), Vector(tail)
            t = min(max((vertex.co - a).dot(b - a) / (b - a).length_squared, 0), 1)
            near.append(((vertex.co - a.lerp(b, t)).length, name))
        near.sort()
        weights = [(1 / (distance + 0.01) ** 4, name) for distance, name in near[:3]]
        total = sum(weight for weight, _ in weights)
        for weight, name in weights:
            groups[name].add([vertex.index], weight / total, "REPLACE")
    thing.modifiers.new("Skeleton", "ARMATURE").object = rig
    turns = {
        "arm.l": (0.3, 0, -0.9), "hand.l": (0.9, 0, -0.3), "arm.r": (-0.2, 0, 0.9), "hand.r": (0.4, 0, 0.5), "head": (0.1, 0.3, 0),
        "thigh.l": (0.5, 0, 0), "shin.l": (-0.8, 0, 0), "thigh.r": (-0.25, 0, 0), "spine": (0.08, 0.1, 0),
    }
    for name, turn in turns.items():
        rig.pose.bones[name].rotation_mode = "XYZ"
        rig.pose.bones[name].rotation_euler = turn
    camera((1.5, -3.6, 1.5), (0, 0, 0.95), 36)


def heap():
    chance = random.Random(360)
    looks = []
    for i in range(120):
        colour = [chance.uniform(0.05, 0.9) for _ in range(3)]
        looks.append(material(f"Look {i}", colour, chance.uniform(0.1, 1), 1 if i % 4 == 0 else 0))
    plane("Floor", 24, material("Floor", (0.5, 0.5, 0.5), 0.7))
    for i in range(360):
        shape, size = Shape(), chance.uniform(0.2, 0.42)
        if i % 3 == 0:
            waves = [Vector([chance.uniform(-6, 6) for _ in range(3)]) for _ in range(5)]
            shape.add(*ball(40, 24, size, shape=lambda d: 1 + 0.1 * sum(math.sin(w.dot(d)) for w in waves)))
        elif i % 3 == 1:
            shape.add(*box([size * chance.uniform(0.8, 2) for _ in range(3)]))
        else:
            middle, thick = size, size * chance.uniform(0.2, 0.45)
            rings = [((math.cos(a) * middle, math.sin(a) * middle, 0), (-math.sin(a), math.cos(a), 0), thick)
                     for a in (2 * math.pi * k / 48 for k in range(49))]
            shape.add(*tube(rings, 20))
        around, far = chance.uniform(0, 2 * math.pi), 2.6 * math.sqrt(chance.random())
        at = (far * math.cos(around), far * math.sin(around), 0.25 + (2.6 - far) * chance.uniform(0, 0.9))
        place(shape.mesh(f"Thing {i}", [chance.choice(looks)], i % 3 != 1), at, [chance.uniform(0, 6.3) for _ in range(3)])
    camera((0, -7.5, 3.4), (0, 0, 0.8), 40)


SCENES = {"woods": woods, "interior": interior, "glasses": glasses, "figure": figure, "heap": heap}


def main():
    text = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    parser = argparse.ArgumentParser(prog="make-scene.py")
    parser.add_argument("--scene", required=True, choices=SCENES)
    parser.add_argument("--out", required=True, help="the .glb to write")
    args = parser.parse_args(text)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    SCENES[args.scene]()
    bpy.context.view_layer.update()
    bpy.ops.export_scene.gltf(
        filepath=os.path.abspath(args.out), export_format="GLB", export_cameras=True, export_animations=False,
        export_current_frame=True,
    )
    print("\nSCENE_MADE", flush=True)


# Blender goes on with exit code 0 after an exception in a script.
try:
    main()
except Exception as error:  # noqa: BLE001  (whatever it was, the caller must hear of it)
    import traceback

    traceback.print_exc()
    print("\nSCENE_FAILED " + str(error), flush=True)
    sys.exit(1)
