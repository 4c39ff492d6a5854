"""What make-scene.py's scenes are put together from: shapes without Blender, then materials, objects and a camera in it."""
import math

import numpy

import bpy
from mathutils import Vector


# Meshes: lists of vertices and faces, put together before Blender sees them.


class Shape:
    """Vertices, faces, and for each face the number of its material."""

    def __init__(self):
        self.vertices, self.faces, self.slots, self.weights = [], [], [], []

    def add(self, vertices, faces, slot=0):
        first = len(self.vertices)
        self.vertices += [tuple(v) for v in vertices]
        self.faces += [tuple(first + i for i in face) for face in faces]
        self.slots += [slot] * len(faces)

    def mesh(self, name, materials, smooth=True):
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(self.vertices, [], self.faces)
        for material in materials:
            mesh.materials.append(material)
        mesh.polygons.foreach_set("material_index", self.slots)
        mesh.polygons.foreach_set("use_smooth", [smooth] * len(self.faces))
        mesh.update()
        return mesh


def tube(rings, sides, turn=0.0):
    """Rings of (middle, axis, radius) from one end to the other, closed at both."""
    vertices, faces = [], []
    for middle, axis, radius in rings:
        axis = Vector(axis).normalized()
        across = axis.orthogonal().normalized()
        along = axis.cross(across)
        for i in range(sides):
            angle = turn + 2 * math.pi * i / sides
            vertices.append(Vector(middle) + (across * math.cos(angle) + along * math.sin(angle)) * radius)
    for ring in range(len(rings) - 1):
        for i in range(sides):
            a, b = ring * sides + i, ring * sides + (i + 1) % sides
            faces.append((a, b, b + sides, a + sides))
    faces.append(tuple(reversed(range(sides))))
    last = (len(rings) - 1) * sides
    faces.append(tuple(range(last, last + sides)))
    return vertices, faces


def ball(columns, rows, radius=1.0, at=(0, 0, 0), shape=lambda direction: 1.0):
    vertices = []
    for row in range(1, rows):
        tilt = math.pi * row / rows
        for column in range(columns):
            turn = 2 * math.pi * column / columns
            d = Vector((math.sin(tilt) * math.cos(turn), math.sin(tilt) * math.sin(turn), math.cos(tilt)))
            vertices.append(Vector(at) + d * radius * shape(d))
    top, bottom = len(vertices), len(vertices) + 1
    vertices += [Vector(at) + Vector((0, 0, z)) * radius * shape(Vector((0, 0, z))) for z in (1, -1)]
    faces = []
    for row in range(rows - 2):
        for i in range(columns):
            a, b = row * columns + i, row * columns + (i + 1) % columns
            faces.append((a, a + columns, b + columns, b))
    last = (rows - 2) * columns
    for i in range(columns):
        faces.append((top, i, (i + 1) % columns))
        faces.append((bottom, last + (i + 1) % columns, last + i))
    return vertices, faces


def box(size, at=(0, 0, 0)):
    x, y, z = (side / 2 for side in size)
    corners = [(sx * x + at[0], sy * y + at[1], sz * z + at[2]) for sz in (-1, 1) for sy in (-1, 1) for sx in (-1, 1)]
    return corners, [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)]


# Materials, objects, camera.


def material(name, colour=(0.8, 0.8, 0.8), roughness=0.5, metallic=0.0, emission=None):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic
    if emission:
        strength = max(emission)
        shader.inputs["Emission"].default_value = (*(channel / strength for channel in emission), 1)
        shader.inputs["Emission Strength"].default_value = strength
    return made


def glass(name, colour=(1, 1, 1), roughness=0.0):
    """With the exporter's thickness, so that the file says a solid body (KHR_materials_volume), as Cycles takes it."""
    made = material(name, colour, roughness)
    nodes = made.node_tree.nodes
    shader = nodes["Principled BSDF"]
    shader.inputs["Transmission"].default_value = 1
    shader.inputs["IOR"].default_value = 1.5
    group = bpy.data.node_groups.get("glTF Material Output")
    if group is None:
        group = bpy.data.node_groups.new("glTF Material Output", "ShaderNodeTree")
        for socket in ("Occlusion", "Thickness"):
            group.inputs.new("NodeSocketFloat", socket)
    node = nodes.new("ShaderNodeGroup")
    node.node_tree = group
    node.inputs["Thickness"].default_value = 1
    return made


def place(mesh, at=(0, 0, 0), turn=(0, 0, 0), size=(1, 1, 1), name=None):
    thing = bpy.data.objects.new(name or mesh.name, mesh)
    thing.location, thing.rotation_euler, thing.scale = at, turn, size
    bpy.context.scene.collection.objects.link(thing)
    return thing


def camera(at, towards, degrees):
    data = bpy.data.cameras.new("Camera")
    data.sensor_fit = "VERTICAL"
    data.angle = math.radians(degrees)
    data.clip_start = 0.01
    thing = bpy.data.objects.new("Camera", data)
    thing.location = at
    thing.rotation_euler = (Vector(towards) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing


def plane(name, side, look, at=(0, 0, 0), turn=(0, 0, 0), height=None, tiles=1.0):
    """With texture coordinates that repeat the texture `tiles` times a metre."""
    w, h = side / 2, (height or side) / 2
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)], [], [(0, 1, 2, 3)])
    uvs = mesh.uv_layers.new()
    for i, (u, v) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)]):
        uvs.data[i].uv = (u * 2 * w * tiles, v * 2 * h * tiles)
    mesh.materials.append(look)
    return place(mesh, at, turn)


def image(name, pixels, is_data=False):
    """From rows of RGB in 0..1, the bottom row first."""
    side = pixels.shape[0]
    made = bpy.data.images.new(name, side, side, is_data=is_data)
    rgba = numpy.ones((side, side, 4), numpy.float32)
    rgba[:, :, :3] = pixels
    made.pixels.foreach_set(rgba.ravel())
    made.pack()
    return made


def grain(generator, side, scales):
    """Noise that repeats: random lattices blown up and added."""
    total = numpy.zeros((side, side), numpy.float32)
    for columns, rows, weight in scales:
        lattice = generator.random((rows, columns)).astype(numpy.float32)
        y, x = (numpy.arange(side) / side * rows)[:, None], (numpy.arange(side) / side * columns)[None, :]
        y0, x0 = numpy.floor(y).astype(int), numpy.floor(x).astype(int)
        fy, fx = y - y0, x - x0
        fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
        at = lambda r, c: lattice[r % rows, c % columns]  # noqa: E731
        top = at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx
        bottom = at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx
        total += weight * (top * (1 - fy) + bottom * fy)
    return total / sum(weight for _, _, weight in scales)


def textured(name, relief, dark, bright, rough=(0.4, 0.8), depth=6.0):
    """Colour, roughness (green of the metallic-roughness texture) and normals from one relief in 0..1."""
    colour = numpy.array(dark) + relief[:, :, None] * (numpy.array(bright) - numpy.array(dark))
    slope_x = (numpy.roll(relief, -1, 1) - numpy.roll(relief, 1, 1)) * depth
    slope_y = (numpy.roll(relief, -1, 0) - numpy.roll(relief, 1, 0)) * depth
    normal = numpy.stack([-slope_x, -slope_y, numpy.ones_like(relief)], 2)
    normal = normal / numpy.linalg.norm(normal, axis=2, keepdims=True) * 0.5 + 0.5
    orm = numpy.zeros_like(colour)
    orm[:, :, 1] = rough[1] + relief * (rough[0] - rough[1])
    made = material(name)
    nodes, links = made.node_tree.nodes, made.node_tree.links
    shader = nodes["Principled BSDF"]

    def picture(kind, pixels, is_data):
        node = nodes.new("ShaderNodeTexImage")
        node.image = image(f"{name} {kind}", pixels, is_data)
        return node

    links.new(picture("colour", colour, False).outputs["Color"], shader.inputs["Base Color"])
    channels = nodes.new("ShaderNodeSeparateColor")
    links.new(picture("roughness", orm, True).outputs["Color"], channels.inputs[0])
    links.new(channels.outputs["Green"], shader.inputs["Roughness"])
    links.new(channels.outputs["Blue"], shader.inputs["Metallic"])
    bump = nodes.new("ShaderNodeNormalMap")
    links.new(picture("normals", normal, True).outputs["Color"], bump.inputs["Color"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    return made


def textured_box(name, size, at, look, turn=0.0):
    corners, faces = box(size)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    uvs = mesh.uv_layers.new()
    for polygon in mesh.polygons:
        flat = [i for i in range(3) if abs(polygon.normal[i]) < 0.5]
        for loop in polygon.loop_indices:
            corner = mesh.vertices[mesh.loops[loop].vertex_index].co
            uvs.data[loop].uv = (corner[flat[0]], corner[flat[1]])
    mesh.materials.append(look)
    return place(mesh, at, (0, 0, turn))
